import { describe, expect, it } from 'vitest';
import { normalise } from './index.js';
import { recordedSpans, spanWith } from './testing.js';

describe('the calls of a framework that has keys of its own', () => {
  const cached = { input: 60, output: 12, input_cached_tokens: 40, output_reasoning_tokens: 8, total: 120 };

  it.each([
    [
      'genkit',
      'openai/gpt-4o-mini',
      { model: 'gpt-4o-mini', provider: 'openai', usage: { input: 100, output: 20, total: 120 } },
    ],
    [
      'mlflow',
      'Completions',
      { model: 'gpt-4o-mini-2024-07-18', usage: { input: 60, input_cached_tokens: 40, total: 120 } },
    ],
    ['google-adk-1', 'call_llm', { model: 'gemini-2.0-flash', usage: cached }],
  ])('are generations with model and tokens in %s', (recording, name, expected) => {
    const span = recordedSpans(recording).find((candidate) => candidate.name === name);
    if (span === undefined) throw new Error('Record the spans anew.');
    expect(normalise(span)).toMatchObject({ type: 'generation', ...expected });
  });

  it.each([
    ['genkit', ['chain', 'chain', 'generation', 'chain', 'chain', 'generation', 'tool', 'chain', 'generation']],
    ['mlflow', ['agent', 'retriever', 'generation', 'agent', 'retriever', 'generation', 'tool', 'generation']],
  ])('stand in %s among flows, agents and tools, whose tokens do not count', (recording, types) => {
    const observations = recordedSpans(recording).map(normalise);
    expect(observations.map(({ type }) => type)).toEqual(types);
    const counting = observations.filter(({ usage }) => Object.keys(usage).length > 0);
    expect(counting.every(({ type }) => type === 'generation')).toBe(true);
  });

  it.each([
    ['"CHAT_MODEL"', 'gpt-4o-mini'],
    ['"TOOL"', null],
  ])('of MLflow that failed have the model that was asked, a %s', (type, model) => {
    const span = { 'mlflow.spanType': type, 'mlflow.spanInputs': '{"model":"gpt-4o-mini","messages":[]}' };
    expect(normalise(spanWith(span)).model).toBe(model);
  });

  it.each([
    [100, { input: 60, input_cached_tokens: 40, output: 12, output_reasoning_tokens: 8, total: 120 }],
    [99, { input: 100, output: 20, total: 120 }],
  ])(
    'have the parts of their tokens in Genkit from the whole answer, where that counts the same: %j',
    (asked, usage) => {
      const details = {
        prompt_tokens_details: { cached_tokens: 40 },
        completion_tokens_details: { reasoning_tokens: 8 },
      };
      const output = {
        usage: { inputTokens: 100, outputTokens: 20, totalTokens: 120 },
        raw: { usage: { prompt_tokens: asked, completion_tokens: 20, total_tokens: 120, ...details } },
      };
      const span = {
        'genkit:metadata:subtype': 'model',
        'genkit:name': 'echo',
        'genkit:output': JSON.stringify(output),
      };
      expect(normalise(spanWith(span)).usage).toEqual(usage);
    },
  );

  it('may have a model without a plugin in Genkit, and anything at all in its output', () => {
    const span = { 'genkit:metadata:subtype': 'model', 'genkit:name': 'echo', 'genkit:output': '[1' };
    expect(normalise(spanWith(span))).toMatchObject({ model: 'echo', provider: null, usage: {} });
  });
});
