import type { Json } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { normalise } from './index.js';
import { spanWith } from './testing.js';

describe('the type of a span', () => {
  it.each<[string, string, Readonly<Record<string, Json>>]>([
    ['generation', 'a model alone', { 'langfuse.observation.model.name': 'gpt-4o-mini' }],
    ['generation', 'tokens alone', { 'langfuse.observation.usage_details': '{"input":1}' }],
    ['generation', 'the model that answered alone', { 'llm.response.model_name': 'gpt-4o-mini' }],
    ['tool', 'a kind of OpenInference in lower case', { 'openinference.span.kind': 'tool' }],
    ['generation', 'a kind of OpenInference in mixed case', { 'openinference.span.kind': 'Llm' }],
    ['agent', 'an operation of GenAI in upper case', { 'gen_ai.operation.name': 'INVOKE_AGENT' }],
    ['generation', 'a run of LangSmith', { 'langsmith.span.kind': 'llm', 'gen_ai.operation.name': 'chat' }],
    ['chain', 'a chain of LangSmith', { 'langsmith.span.kind': 'chain', 'gen_ai.operation.name': 'chain' }],
    ['agent', 'an agent of Mastra', { 'mastra.span.type': 'agent_run' }],
    ['generation', 'a model of Genkit', { 'genkit:type': 'action', 'genkit:metadata:subtype': 'model' }],
    ['generation', 'a chat model of MLflow', { 'mlflow.spanType': '"CHAT_MODEL"' }],
    ...[
      { 'openinference.span.kind': 'EMBEDDING' },
      { 'gen_ai.operation.name': 'embeddings' },
      { 'llm.request.type': 'embedding' },
    ].map((said): [string, string, Readonly<Record<string, Json>>] => [
      'embedding',
      `what is more particular than Langfuse's generation: ${Object.keys(said)}`,
      { 'langfuse.observation.type': 'generation', ...said },
    ]),
    ['generation', 'a model of LangWatch', { 'langwatch.span.type': 'llm', 'gen_ai.request.model': 'gpt-4o-mini' }],
    ['retriever', 'a search of LangWatch', { 'langwatch.span.type': 'rag' }],
    ['generation', 'a call of Mastra', { 'mastra.span.type': 'model_inference' }],
  ])('is %s by %s', (type, _, attributes) => {
    expect(normalise(spanWith(attributes)).type).toBe(type);
  });
});

describe("a span of version 1 of Google's Agent Development Kit", () => {
  const named = (name: string, scope = 'gcp.vertex.agent') =>
    normalise(spanWith({}, { name, scope: { name: scope, version: '', attributes: new Map() } }));

  it.each([
    ['chain', 'invocation'],
    ['agent', 'agent_run [assistant]'],
    ['generation', 'call_llm'],
    ['tool', 'execute_tool get_weather'],
  ])('is %s by its name alone: %s', (type, name) => {
    expect(named(name).type).toBe(type);
  });

  it('is told from a span of that name of another library', () => {
    expect(named('invocation', 'shop').type).toBe('span');
    expect(named('invocations of last week').type).toBe('span');
  });
});

describe('a run of an agent of Pydantic AI', () => {
  it.each(['pydantic_ai.all_messages', 'all_messages_events'])('is an agent by its name and %s', (key) => {
    expect(normalise(spanWith({ [key]: '[]' }, { name: 'agent run' })).type).toBe('agent');
  });
});

describe('the time to the first token', () => {
  const start = spanWith({}).startUnixNano;
  const startMs = Number(start / 1_000_000n);
  const event = (name: string, afterMs: number) => ({
    name,
    timeUnixNano: start + BigInt(afterMs) * 1_000_000n,
    attributes: new Map<string, Json>(),
  });

  it.each(['First Token Stream Event', 'gen_ai.first_token', 'ai.stream.firstChunk', 'new_token'])(
    'is that of the first event named %s',
    (name) => {
      const events = [event('other', 1), event(name, 30), event(name, 20)];
      expect(normalise(spanWith({}, { events })).firstTokenMs).toBe(startMs + 20);
    },
  );

  it('is known where the first token came at the very start', () => {
    const events = [event('First Token Stream Event', 0)];
    expect(normalise(spanWith({}, { events })).firstTokenMs).toBe(startMs);
  });

  it.each<[string, Json]>([
    ['mastra.completion_start_time', new Date(startMs + 250).toISOString()],
    ['langfuse.observation.completion_start_time', JSON.stringify(new Date(startMs + 250))],
    ['gen_ai.response.time_to_first_chunk', 0.25],
    ['gen_ai.server.time_to_first_token', 0.25],
  ])('is read from %s', (key, value) => {
    expect(normalise(spanWith({ [key]: value })).firstTokenMs).toBe(startMs + 250);
  });
});
