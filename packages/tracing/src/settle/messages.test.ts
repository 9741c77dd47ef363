import { SpanAttributeKeys } from '@powerrag/protocol';
import { describe, expect, it, vi } from 'vitest';
import { configureTracing, observe, updateActiveObservation } from '../index.js';
import { recordSpans, tokensIn } from '../testing/recorded-spans.js';

const spans = recordSpans();

/** What is recorded of a generation whose function yields these chunks. */
function recorded(...chunks: unknown[]): Record<string, unknown> {
  const answer = observe(
    function* answer() {
      yield* chunks;
    },
    { asType: 'generation' },
  );
  for (const _chunk of answer());
  return spans.named('answer').attributes;
}

const json = (value: unknown): unknown => JSON.parse(String(value));

describe('a model’s streamed answer is recorded as one message', () => {
  it('from OpenAI chat chunks, with tool calls, usage and model', () => {
    const chunk = (delta: object) => ({
      object: 'chat.completion.chunk',
      model: 'gpt-4o',
      choices: [{ index: 0, delta }],
    });
    const attributes = recorded(
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Let me ' }),
      chunk({ content: 'look.' }),
      chunk({ tool_calls: [{ index: 0, id: 'call_1', function: { name: 'search', arguments: '{"q":' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '"Paris"}' } }] }),
      { choices: [], usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 } },
    );
    expect(json(attributes[SpanAttributeKeys.observationOutput])).toEqual({
      role: 'assistant',
      content: 'Let me look.',
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'search', arguments: '{"q":"Paris"}' } }],
    });
    expect(tokensIn(attributes)).toEqual({ input: 12, output: 5, total: 17 });
    expect(attributes[SpanAttributeKeys.observationModel]).toBe('gpt-4o');
  });

  it('per choice, from OpenAI chat chunks with two choices', () => {
    const chunk = (index: number, content: string) => ({ choices: [{ index, delta: { content } }] });
    const attributes = recorded(chunk(0, 'a'), chunk(1, 'x'), chunk(0, 'b'));
    expect(json(attributes[SpanAttributeKeys.observationOutput])).toEqual([
      { role: 'assistant', content: 'ab' },
      { role: 'assistant', content: 'x' },
    ]);
  });

  it('from the events of OpenAI responses: the finished output if there is one', () => {
    const output = [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Paris' }] }];
    const attributes = recorded(
      { type: 'response.created', response: { output: [], model: 'gpt-5' } },
      { type: 'response.output_text.delta', delta: 'Paris' },
      {
        type: 'response.completed',
        response: { output, model: 'gpt-5', usage: { input_tokens: 3, output_tokens: 1 } },
      },
    );
    expect(json(attributes[SpanAttributeKeys.observationOutput])).toEqual(output);
    expect(tokensIn(attributes)).toEqual({ input: 3, output: 1 });
  });

  it('from the events of OpenAI responses that were abandoned halfway: the text so far', () => {
    const attributes = recorded({ type: 'response.created' }, { type: 'response.output_text.delta', delta: 'Par' });
    expect(json(attributes[SpanAttributeKeys.observationOutput])).toEqual({ role: 'assistant', content: 'Par' });
  });

  it.each([
    ['text', { type: 'text-delta', id: '1', text: 'Paris' }],
    ['delta', { type: 'text-delta', id: '1', delta: 'Paris' }],
    ['textDelta', { type: 'text-delta', textDelta: 'Paris' }],
  ])('from AI SDK stream parts that say %s', (_name, part) => {
    const attributes = recorded(
      { type: 'start' },
      { type: 'reasoning-delta', id: '0', text: 'Capital…' },
      part,
      { type: 'tool-call', toolCallId: 'c1', toolName: 'map', input: { city: 'Paris' } },
      { type: 'finish', totalUsage: { inputTokens: 4, outputTokens: 2, totalTokens: 6 } },
    );
    expect(json(attributes[SpanAttributeKeys.observationOutput])).toEqual({
      role: 'assistant',
      content: 'Paris',
      reasoning: 'Capital…',
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'map', arguments: '{"city":"Paris"}' } }],
    });
    expect(tokensIn(attributes)).toEqual({ input: 4, output: 2, total: 6 });
  });

  it('from Anthropic message events, with thoughts, tool calls, usage and model', () => {
    const delta = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta });
    const attributes = recorded(
      {
        type: 'message_start',
        message: { model: 'claude', content: [], usage: { input_tokens: 9, output_tokens: 1 } },
      },
      delta(0, { type: 'thinking_delta', thinking: 'Capital…' }),
      delta(1, { type: 'text_delta', text: 'Par' }),
      delta(1, { type: 'text_delta', text: 'is' }),
      { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 'c1', name: 'map', input: {} } },
      delta(2, { type: 'input_json_delta', partial_json: '{"city":' }),
      delta(2, { type: 'input_json_delta', partial_json: '"Paris"}' }),
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } },
    );
    expect(json(attributes[SpanAttributeKeys.observationOutput])).toEqual({
      role: 'assistant',
      content: 'Paris',
      reasoning: 'Capital…',
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'map', arguments: '{"city":"Paris"}' } }],
    });
    expect(tokensIn(attributes)).toEqual({ input: 9, output: 5 });
    expect(attributes[SpanAttributeKeys.observationModel]).toBe('claude');
  });
});

describe('a model’s answer that comes whole', () => {
  const answer = { model: 'gpt-4o', usage: { prompt_tokens: 12, completion_tokens: 5 }, choices: [] };

  it('reports its tokens and model, on a generation', async () => {
    await observe(async () => answer, { name: 'ask', asType: 'generation' })();
    const { attributes } = spans.named('ask');
    expect(tokensIn(attributes)).toEqual({ input: 12, output: 5 });
    expect(attributes[SpanAttributeKeys.observationModel]).toBe('gpt-4o');
  });

  it('does not replace what the application has set, and reports nothing on an observation of another type', () => {
    observe(
      () => {
        updateActiveObservation({ model: 'mine', usageDetails: { input: 1 } }, { asType: 'generation' });
        return answer;
      },
      { name: 'said', asType: 'generation' },
    )();
    observe(() => answer, { name: 'other' })();
    expect(tokensIn(spans.named('said').attributes)).toEqual({ input: 1 });
    expect(spans.named('said').attributes[SpanAttributeKeys.observationModel]).toBe('mine');
    expect(spans.named('other').attributes[SpanAttributeKeys.observationModel]).toBeUndefined();
  });

  it('is not asked for properties that it would have to compute', () => {
    const usage = vi.fn();
    class Streaming {
      get usage() {
        return usage();
      }
    }
    observe(() => new Streaming(), { name: 'ask', asType: 'generation' })();
    expect(usage).not.toHaveBeenCalled();
  });
});

describe('any other stream', () => {
  it('is recorded as an array of its pieces as they were when they arrived', () => {
    const shared = { step: 0 };
    const steps = observe(function* steps() {
      for (shared.step = 1; shared.step <= 2; shared.step++) yield shared;
    });
    for (const _step of steps());
    expect(spans.named('steps').attributes[SpanAttributeKeys.observationOutput]).toBe('[{"step":1},{"step":2}]');
  });

  it('is held to the limit of one value, and says how much is missing', () => {
    configureTracing({ maxValueLength: 20 });
    expect(recorded('0123456789', '0123456789', '0123456789')[SpanAttributeKeys.observationOutput]).toContain(
      '[truncated: 10 of 30 characters]',
    );
  });

  it('is cut in one place, without half a surrogate pair, and lone surrogates are made visible', () => {
    configureTracing({ maxValueLength: 4 });
    expect(recorded('a', '\uD800b', '😀', 'c')[SpanAttributeKeys.observationOutput]).toBe(
      'a\uFFFDb[truncated: 3 of 6 characters]',
    );
  });

  it('of objects is held to the limit too', () => {
    configureTracing({ maxValueLength: 200 });
    const pieces = Array.from({ length: 100 }, (_, number) => ({ number }));
    expect(recorded(...pieces)[SpanAttributeKeys.observationOutput]).toMatch(/\[truncated: \d+ of 100 items\]/);
  });
});
