import { SpanAttributeKeys } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { configureTracing, observe } from '../index.js';
import { forgetSetUp, recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();

interface Recorded {
  readonly output: unknown;
  readonly usage: unknown;
  readonly model: unknown;
}

async function recorded(result: unknown): Promise<Recorded> {
  configureTracing({ scopeName: 'langfuse-sdk' });
  const ask = observe(async () => result, { name: 'ask', asType: 'generation' });
  const answer = await ask();
  if (result !== null && typeof result === 'object' && Symbol.asyncIterator in result) {
    for await (const _piece of answer as AsyncIterable<unknown>);
  }
  forgetSetUp();
  const { attributes } = spans.named('ask');
  const json = (key: string): unknown => JSON.parse(String(attributes[key] ?? 'null'));
  return {
    output: json(SpanAttributeKeys.observationOutput),
    usage: json(SpanAttributeKeys.observationUsageDetails),
    model: attributes[SpanAttributeKeys.observationModel],
  };
}

async function* streamed(pieces: readonly object[]) {
  yield* pieces;
}

const COUNTS = { prompt_eval_count: 7, eval_count: 3, eval_duration: 12 };
const USAGE = { input: 7, output: 3 };

describe('the answer of Ollama', () => {
  const piece = (message: object, rest: object = { done: false }) => ({
    model: 'llama3',
    created_at: 't',
    message,
    ...rest,
  });
  const call = { function: { name: 'get_weather', arguments: { city: 'Paris' } } };

  it('that is streamed is one message, with its tokens', async () => {
    const pieces = [
      piece({ role: 'assistant', content: '', thinking: 'Easy.' }),
      piece({ role: 'assistant', content: 'Par' }),
      piece({ role: 'assistant', content: 'is.' }),
      piece({ role: 'assistant', content: '' }, { done: true, done_reason: 'stop', ...COUNTS }),
    ];
    const output = { role: 'assistant', content: 'Paris.', reasoning: 'Easy.' };
    expect(await recorded(streamed(pieces))).toEqual({ output, usage: USAGE, model: 'llama3' });
  });

  it('that calls tools keeps the calls and their arguments', async () => {
    const pieces = [
      piece({ role: 'assistant', content: '', tool_calls: [call] }),
      piece({ content: '' }, { done: true }),
    ];
    const { output } = await recorded(streamed(pieces));
    expect(output).toMatchObject({
      tool_calls: [{ function: { name: 'get_weather', arguments: '{"city":"Paris"}' } }],
    });
  });

  it('to a prompt is one message, too', async () => {
    const part = { model: 'llama3', created_at: 't' };
    const pieces = [
      { ...part, response: 'Par', done: false },
      { ...part, response: 'is.', done: false },
      { ...part, response: '', done: true, ...COUNTS },
    ];
    const output = { role: 'assistant', content: 'Paris.' };
    expect(await recorded(streamed(pieces))).toEqual({ output, usage: USAGE, model: 'llama3' });
  });

  it('that comes whole has its tokens', async () => {
    const answer = piece({ role: 'assistant', content: 'Paris.' }, { done: true, ...COUNTS });
    expect(await recorded(answer)).toEqual({ output: answer, usage: USAGE, model: 'llama3' });
  });
});

it('the chunks of Mistral, each in an event, are one message with its tokens', async () => {
  const event = (delta: object, rest: object = {}) => ({
    data: { id: '1', model: 'mistral-small', choices: [{ index: 0, delta, finishReason: null }], ...rest },
  });
  const pieces = [
    event({ role: 'assistant', content: 'Par' }),
    event({ content: 'is.' }),
    event({ content: '' }, { usage: { promptTokens: 7, completionTokens: 3, totalTokens: 10 } }),
  ];
  expect(await recorded(streamed(pieces))).toEqual({
    output: { role: 'assistant', content: 'Paris.' },
    usage: { ...USAGE, total: 10 },
    model: 'mistral-small',
  });
});

it('the chunks of Mistral that call tools keep the calls and their arguments', async () => {
  const call = (args: string) => ({ id: 'call-1', index: 0, function: { name: 'get_weather', arguments: args } });
  const chunk = (args: string) => ({ data: { id: '1', choices: [{ index: 0, delta: { toolCalls: [call(args)] } }] } });
  const { output } = await recorded(streamed([chunk('{"city":'), chunk('"Paris"}')]));
  expect(output).toMatchObject({
    tool_calls: [{ id: 'call-1', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } }],
  });
});

it('the events of Cohere are one message, with its tokens', async () => {
  const pieces = [
    { type: 'message-start', id: '1', delta: { message: { role: 'assistant', content: [], toolCalls: [] } } },
    { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
    { type: 'content-delta', index: 0, delta: { message: { content: { text: 'Par' } } } },
    { type: 'content-delta', index: 0, delta: { message: { content: { text: 'is.' } } } },
    { type: 'content-end', index: 0 },
    {
      type: 'message-end',
      delta: { finishReason: 'COMPLETE', usage: { tokens: { inputTokens: 7, outputTokens: 3 } } },
    },
  ];
  const { output, usage } = await recorded(streamed(pieces));
  expect({ output, usage }).toEqual({ output: { role: 'assistant', content: 'Paris.' }, usage: USAGE });
});

it('the events of Cohere that call tools keep the calls and their arguments', async () => {
  const event = (type: string, message: object) => ({ type, index: 0, delta: { message } });
  const pieces = [
    event('tool-plan-delta', { toolPlan: 'I look it up.' }),
    event('tool-call-start', {
      toolCalls: { id: 'call-1', type: 'function', function: { name: 'get_weather', arguments: '' } },
    }),
    event('tool-call-delta', { toolCalls: { function: { arguments: '{"city":' } } }),
    event('tool-call-delta', { toolCalls: { function: { arguments: '"Paris"}' } } }),
    { type: 'tool-call-end', index: 0 },
  ];
  const { output } = await recorded(streamed(pieces));
  expect(output).toMatchObject({
    reasoning: 'I look it up.',
    tool_calls: [{ id: 'call-1', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } }],
  });
});

it('what is done and has a message of its own is not taken for an answer', async () => {
  const pieces = [{ done: false }, { done: true, value: 1 }];
  expect((await recorded(streamed(pieces))).output).toEqual(pieces);
});
