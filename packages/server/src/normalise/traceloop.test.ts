import { describe, expect, it } from 'vitest';
import { normalise } from './index.js';
import { recordedSpans, spanWith } from './testing.js';

describe('a trace of Traceloop', () => {
  const observations = recordedSpans('traceloop').map(normalise);
  const [workflow, first, tool] = observations;

  it('is a chain, named as its workflow, around what that did', () => {
    expect(observations.map(({ type, name }) => [type, name])).toEqual([
      ['chain', 'ask-weather'],
      ['generation', 'chat gpt-4o'],
      ['tool', 'weather'],
      ['chain', 'note'],
      ['agent', 'helper'],
      ['span', 'x.query'],
      ['generation', 'openai.chat'],
      ['generation', 'chat gpt-4o'],
    ]);
    expect(workflow?.body).toMatchObject({
      input: '{"args":["How warm is it in Paris?"],"kwargs":{}}',
      output: '"It is 18 degrees in Paris."',
    });
    expect(tool?.body).toMatchObject({ input: '{"args":[],"kwargs":{"city":"Paris"}}', output: '{"celsius":18}' });
  });

  it('takes session, user and metadata from the association properties', () => {
    for (const { trace } of observations) {
      expect(trace).toEqual({ sessionId: 'chat-1', sessionIdStrength: 2, userId: 'ada', metadata: { tier: 'gold' } });
    }
  });

  it('has generations with model, parameters, tokens and messages', () => {
    expect(first).toMatchObject({
      model: 'gpt-4o-2024-08-06',
      provider: 'openai',
      modelParameters: { temperature: 0.2, max_tokens: 200 },
      usage: { input: 100, output: 30, total: 130 },
    });
    expect(JSON.parse(first?.body.input ?? '')).toHaveLength(2);
  });

  it('has a reported model call as a generation', () => {
    expect(observations.find(({ name }) => name === 'openai.chat')).toMatchObject({
      type: 'generation',
      model: 'gpt-4o',
      usage: { input: 3, output: 1, total: 4 },
      body: { input: '[{"role":"user","content":"Hi"}]', output: '[{"role":"assistant","content":"Hello"}]' },
    });
  });
});

describe('a generation of an older Traceloop instrumentation', () => {
  const [first, second] = recordedSpans('traceloop-0.14').map(normalise);

  it('has its tokens, and its messages put together again', () => {
    expect(first).toMatchObject({ type: 'generation', usage: { input: 100, output: 30, total: 130 } });
    expect(JSON.parse(first?.body.output ?? '')).toEqual([
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: null, type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } }],
      },
    ]);
    expect(JSON.parse(second?.body.input ?? '')).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'How warm is it in Paris?' }] },
      { role: 'assistant', content: null },
      { role: 'tool', content: '{"celsius":18}' },
    ]);
  });

  it('has the call of a tool that LiteLLM says beside messages without a part', () => {
    const { body } = normalise(
      spanWith({
        'gen_ai.output.messages': '[{"role": "assistant", "parts": [], "finish_reason": "tool_calls"}]',
        'gen_ai.completion.0.function_call.name': 'weather',
        'gen_ai.completion.0.function_call.arguments': '{"city":"Paris"}',
      }),
    );
    expect(JSON.parse(body.output ?? '')).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: null, type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } }],
      },
    ]);
  });

  it.each([
    '[{"role":"assistant","parts":[],"tool_calls":[{"id":"c","function":{"name":"weather","arguments":"{}"}}]}]',
    '[{"role":"assistant","content":"Hello"}]',
  ])('has its messages as they came where they say something: %s', (messages) => {
    const attributes = { 'gen_ai.output.messages': messages, 'gen_ai.completion.0.content': 'A copy' };
    expect(normalise(spanWith(attributes)).body.output).toBe(messages);
  });

  it('for embeddings is an embedding', () => {
    const span = spanWith({ 'llm.request.type': 'embedding', 'gen_ai.request.model': 'm' });
    expect(normalise(span)).toMatchObject({ type: 'embedding', model: 'm' });
  });
});
