import type { ReplayDocument } from '@powerrag/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRecordingSink } from '../e2e/recording-sink.js';
import { getJson } from '../support/http.js';
import { startServer } from '../support/server-process.js';
import { runProgram } from './installed.js';

const PROGRAM = 'programs/ai-sdk.mjs';
const TYPE = 'langfuse.observation.type';
const INPUT = 'langfuse.observation.input';
const OUTPUT = 'langfuse.observation.output';
const MESSAGES = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'How warm is it in Paris?' },
];
const COUNTS = { input: 60, output: 20, input_cached_tokens: 40, output_reasoning_tokens: 10 };
/** A conversation that is answered with a tool, as observations and their parents. */
const ANSWERED_WITH_TOOL = [
  ['generation', 'chat gpt-4o', 'agent'],
  ['tool', 'weather', 'agent'],
  ['retriever', 'look-up', 'tool'],
  ['generation', 'chat gpt-4o', 'agent'],
];

/** The spans that a scenario of the program sends, in the order in which they started, and what it printed. */
async function record(scenario: string, env: Record<string, string> = {}) {
  const sink = await startRecordingSink();
  onTestFinished(() => sink.close());
  const { code, stdout, stderr } = await runProgram(PROGRAM, { POWERRAG_BASE_URL: sink.url, ...env }, [scenario]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const parentOf = (id: string) => sink.spans.find(({ spanId }) => spanId === id);
  const depthOf = (id: string): number =>
    parentOf(id) === undefined ? 0 : 1 + depthOf(parentOf(id)?.parentSpanId ?? '');
  // A call and the call within it may begin in the same tick of the clock.
  const all = [...sink.spans].sort(
    (a, b) => Number(a.startUnixNano - b.startUnixNano) || depthOf(a.spanId) - depthOf(b.spanId),
  );
  const spans = all.map((span) => ({
    ...span,
    type: span.attributes[TYPE],
    parent: parentOf(span.parentSpanId)?.attributes[TYPE],
  }));
  return { spans, stdout, ofType: (type: string) => spans.filter((span) => span.type === type) };
}

const shape = (spans: readonly { readonly type: unknown; readonly name: string; readonly parent: unknown }[]) =>
  spans.map(({ type, name, parent }) => [type, name, parent]);
const json = (value: unknown): unknown => JSON.parse(String(value));

describe('an application of the AI SDK 7 without a line for tracing', () => {
  it('has its call recorded with model, messages, tools and tokens, in the session of the scope', async () => {
    const { spans, ofType } = await record('generate');
    expect(shape(spans.slice(1)).sort()).toEqual([...ANSWERED_WITH_TOOL].sort());
    expect(spans[0]).toMatchObject({ name: 'ask-weather', type: 'agent', parentSpanId: '' });
    for (const { attributes } of spans) expect(attributes['session.id']).toBe('chat-1');

    const [agent] = spans;
    expect(json(agent?.attributes[INPUT])).toEqual(MESSAGES);
    expect(agent?.attributes[OUTPUT]).toBe('It is 18 degrees in Paris.');
    const [first, second] = ofType('generation');
    expect(json(first?.attributes[INPUT])).toMatchObject({ messages: MESSAGES, tools: [{ name: 'weather' }] });
    expect(json(first?.attributes[OUTPUT])).toMatchObject({ role: 'assistant', content: [{ toolName: 'weather' }] });
    expect(second?.attributes[OUTPUT]).toBe('It is 18 degrees in Paris.');
    expect(second?.attributes).toMatchObject({
      'langfuse.observation.model.name': 'gpt-4o-2024-08-06',
      'ai.model.provider': 'openai.chat',
      'langfuse.observation.metadata.finishReason': 'stop',
    });
    expect(json(second?.attributes['langfuse.observation.model.parameters'])).toEqual({ temperature: 0.2 });
    expect(json(second?.attributes['langfuse.observation.usage_details'])).toEqual(COUNTS);
    const [tool] = ofType('tool');
    expect(json(tool?.attributes[INPUT])).toEqual({ city: 'Paris' });
    expect(json(tool?.attributes[OUTPUT])).toEqual({ city: 'Paris', celsius: 18 });
  });

  it('has a streamed answer recorded as it was read, with the time of each piece', async () => {
    const { spans, stdout, ofType } = await record('stream');
    expect(stdout).toBe('It is 18 degrees in Paris.\n');
    expect(shape(spans.slice(1)).sort()).toEqual([...ANSWERED_WITH_TOOL].sort());
    const answer = ofType('generation')[1];
    expect(json(answer?.attributes[OUTPUT])).toEqual({
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'The tool says 18.' },
        { type: 'text', text: 'It is 18 degrees in Paris.' },
      ],
    });
    expect(json(answer?.attributes['langfuse.observation.usage_details'])).toEqual(COUNTS);
    const pieces = json(answer?.attributes['powerrag.observation.pieces']) as [number, number][];
    expect(pieces.map(([, length]) => length)).toEqual([17, 17, 9]);
    expect(pieces.map(([ms]) => ms)).toEqual(pieces.map(([ms]) => ms).sort((a, b) => a - b));
    const firstMs = Date.parse(String(json(answer?.attributes['langfuse.observation.completion_start_time'])));
    expect(firstMs).toBeGreaterThanOrEqual(Number((answer?.startUnixNano ?? 0n) / 1_000_000n));
  });

  it('has the calls of an agent recorded', async () => {
    const { spans } = await record('agent');
    expect(shape(spans.slice(1)).sort()).toEqual([...ANSWERED_WITH_TOOL].sort());
  });

  it('has embeddings recorded with their tokens, and how many there are instead of their numbers', async () => {
    const { spans } = await record('embeds');
    expect(shape(spans)).toEqual([
      ['embedding', 'embed', undefined],
      ['embedding', 'embedMany', undefined],
    ]);
    expect(spans[1]?.attributes).toMatchObject({
      [INPUT]: '["Paris","Rome"]',
      [OUTPUT]: '[2 × 2 numbers]',
      'langfuse.observation.model.name': 'text-embedding-3-small',
      'langfuse.observation.usage_details': '{"input":16,"total":16}',
    });
  });

  it.each([
    ['fails', ['chain', 'generation'], 'quota exceeded'],
    ['stream-fails', ['generation'], 'overloaded'],
  ])('that %s has the error where it happened', async (scenario, types, message) => {
    const { spans } = await record(scenario);
    const failed = spans.filter(({ attributes }) => attributes['langfuse.observation.level'] === 'ERROR');
    expect(failed.map(({ type }) => type)).toEqual(types);
    for (const { attributes } of failed) expect(attributes['langfuse.observation.status_message']).toBe(message);
  });

  it('that aborts a stream has a warning, no error', async () => {
    const { spans } = await record('aborted');
    expect(spans.map(({ attributes }) => attributes['langfuse.observation.level'])).toEqual(['WARNING', 'WARNING']);
  });

  it.each(['left-early', 'unread'])('that leaves a stream (%s) has what the SDK had read of it', async (scenario) => {
    const { spans, ofType } = await record(scenario);
    expect(spans.map(({ type }) => type)).toEqual(['chain', 'generation']);
    const [generation] = ofType('generation');
    expect(generation?.attributes[OUTPUT]).toContain('It is 18 degrees');
    expect(spans[0]?.attributes['powerrag.observation.partial']).toBe('abandoned');
  });

  it.each(['hidden', 'hidden-stream'])('that hides texts from telemetry (%s) has none recorded', async (scenario) => {
    const { spans } = await record(scenario);
    expect(spans.map(({ type }) => type)).toEqual(['chain', 'generation']);
    const texts = JSON.stringify(spans.map(({ attributes }) => attributes));
    if (scenario === 'hidden') expect(texts).not.toContain('secret');
    else expect(texts).not.toContain('degrees');
  });

  it('has no call recorded for which it turned telemetry off', async () => {
    expect((await record('disabled')).spans).toEqual([]);
  });

  it('has a call within a tool below that tool', async () => {
    const { spans } = await record('nested');
    expect(shape(spans).slice(2, 5)).toEqual([
      ['tool', 'weather', 'agent'],
      ['chain', 'generateText', 'tool'],
      ['generation', 'chat gpt-4o', 'chain'],
    ]);
  });

  it('has two streams at once in the session of each', async () => {
    const { ofType } = await record('at-once');
    for (const { attributes } of ofType('generation')) {
      expect(attributes[INPUT]).toContain(`I am ${attributes['session.id']}`);
    }
    expect(ofType('generation')).toHaveLength(2);
  });

  it('has what it lets telemetry see of its runtime context, and nothing else of that', async () => {
    const { spans } = await record('context');
    expect(spans[0]?.attributes['ai.settings.context.userId']).toBe('ada');
    expect(JSON.stringify(spans[0]?.attributes)).not.toContain('secret');
  });

  it('lives when a tool returns a client of which every property is a remote call', async () => {
    expect((await record('rpc-result')).spans.map(({ type }) => type)).toContain('tool');
  });
});

describe('a call that an integration of the AI SDK records', () => {
  it.each(['integration-everywhere', 'integration-of-a-call'])('is recorded once: %s', async (scenario) => {
    const { spans } = await record(scenario);
    expect(spans.filter(({ type }) => type !== undefined && type !== 'retriever')).toEqual([]);
    expect(spans.filter(({ name }) => /^(?:embed|rerank)/.test(name)).length).toBeGreaterThan(0);
    const known = new Set(spans.map(({ spanId }) => spanId));
    for (const { parentSpanId } of spans) if (parentSpanId !== '') expect(known).toContain(parentSpanId);
  });

  it('is recorded here where the integration only listens', async () => {
    const { spans } = await record('integration-that-only-listens');
    expect(shape(spans.slice(1)).sort()).toEqual([...ANSWERED_WITH_TOOL].sort());
  });
});

describe('a session of the AI SDK 7 on the server', () => {
  it('replays the question and the answer, the calls and the tool between them, and counts each token once', async () => {
    const server = await startServer();
    onTestFinished(() => server.stop());
    const { code } = await runProgram(PROGRAM, { POWERRAG_BASE_URL: server.url }, ['stream']);
    expect(code).toBe(0);
    const replay = await getJson<ReplayDocument>(`${server.url}/api/v1/sessions/chat-1/replay`);
    expect(replay.turns).toHaveLength(1);
    const [turn] = replay.turns;
    expect(turn?.messages.map(({ role, parts }) => [role, parts])).toEqual([
      ['user', [{ type: 'text', text: 'How warm is it in Paris?' }]],
      [
        'assistant',
        [
          { type: 'reasoning', text: 'The tool says 18.' },
          { type: 'text', text: 'It is 18 degrees in Paris.' },
        ],
      ],
    ]);
    expect(turn).toMatchObject({ models: ['gpt-4o-2024-08-06'], totalTokens: 260, errors: [], running: false });
    const types = turn?.steps.map((id) => replay.observations.find((observation) => observation.id === id)?.type);
    expect(types).toEqual(['generation', 'tool', 'retriever', 'generation']);
  });
});
