import Anthropic from '@anthropic-ai/sdk';
import { AIMessage } from '@langchain/core/messages';
import { IterableReadableStream } from '@langchain/core/utils/stream';
import { FakeStreamingChatModel } from '@langchain/core/utils/testing';
import {
  Agent,
  type Model,
  type ModelResponse,
  Runner,
  type StreamEvent,
  setTracingDisabled,
  Usage,
} from '@openai/agents-core';
import { observe } from '@powerrag/tracing';
import { observeInMemory } from '@powerrag/tracing/testing';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakeModelApi, startFakeModelApi } from '../support/fake-model-api.js';

let api: FakeModelApi;
beforeAll(async () => {
  api = await startFakeModelApi();
});
afterAll(() => api.close());

let recorded: ReturnType<typeof observeInMemory>;
beforeEach(() => {
  recorded = observeInMemory();
});
afterEach(() => recorded.restore());

/** What an ended observation of the call has recorded as output, when `use` has done with its result. */
async function outputOf<R>(call: () => R, use: (result: Awaited<R>) => unknown): Promise<unknown> {
  const result = await observe(call, { name: 'ask', asType: 'generation' })();
  await use(result);
  // What the program waited for may be told to it before the rest of the same turn.
  await new Promise((resolve) => setImmediate(resolve));
  return recorded.named('ask').output;
}

/** The same for a result that is used before it is awaited. */
async function observedThen<R>(call: () => R, use: (result: R) => Promise<unknown>): Promise<unknown> {
  await use(observe(call, { name: 'ask', asType: 'generation' })());
  return recorded.named('ask').output;
}

const readAll = async (stream: { getReader(): { read(): Promise<{ done: boolean }> } }) => {
  const reader = stream.getReader();
  while (!(await reader.read()).done);
};
const drain = async (pieces: AsyncIterable<unknown>) => {
  for await (const _piece of pieces);
};
const ended = (stream: { on(event: 'end', listener: () => void): unknown }) =>
  new Promise<void>((resolve) => void stream.on('end', resolve));

const ANSWER = { role: 'assistant', content: 'Paris.' };

describe('openai', () => {
  const openai = () => new OpenAI({ apiKey: 'none', baseURL: api.url });
  const question = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'The capital of France?' }] };
  const streamed = () => openai().chat.completions.stream({ ...question, stream_options: { include_usage: true } });
  type Streamed = ReturnType<typeof streamed>;

  it.each<[string, (stream: Streamed) => unknown]>([
    ['for await', drain],
    ['`on`, until `end`', ended],
    ['`done()`', (stream) => stream.done()],
    ['`emitted("end")`', (stream) => stream.emitted('end')],
    ['`totalUsage()`', (stream) => stream.totalUsage()],
    ['`toReadableStream()`', (stream) => readAll(stream.toReadableStream())],
  ])('a chat stream read by %s is recorded as its message, with its tokens', async (_way, use) => {
    expect(await outputOf(streamed, use)).toEqual(ANSWER);
    expect(recorded.named('ask').usageDetails).toEqual({ input: 7, output: 3, total: 10 });
  });

  it.each<[string, (stream: Streamed) => unknown]>([
    ['`finalMessage()`', (stream) => stream.finalMessage()],
    ['`emitted("finalMessage")`', (stream) => stream.emitted('finalMessage')],
  ])('a chat stream whose whole answer is asked for by %s is recorded as that', async (_way, use) => {
    expect(await outputOf(streamed, use)).toMatchObject(ANSWER);
  });

  const create = () => openai().chat.completions.create(question);
  const stream = () => openai().chat.completions.create({ ...question, stream: true });
  const readText = (response: Response) => response.text();

  it.each<[string, () => Promise<unknown>]>([
    ['awaited', () => outputOf(create, () => {})],
    ['asked for with its response', () => observedThen(create, (promise) => promise.withResponse())],
    [
      'that the function asks for with its response',
      () =>
        outputOf(
          () => create().withResponse(),
          () => {},
        ),
    ],
    ['asked for as its response', () => observedThen(create, async (promise) => (await promise.asResponse()).json())],
    ['asked for as text', () => observedThen(create, async (promise) => readText(await promise.asResponse()))],
    ['that the function gives as its response', () => outputOf(() => create().asResponse(), readText)],
  ])('an answer %s is recorded with its tokens and its model', async (_way, ask) => {
    const output = await ask();
    const answer = typeof output === 'string' ? JSON.parse(output) : output;
    expect(answer).toMatchObject({ choices: [{ message: ANSWER }] });
    expect(recorded.named('ask')).toMatchObject({ usageDetails: { input: 7, output: 3, total: 10 }, model: 'gpt-4o' });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['awaited', () => outputOf(stream, drain)],
    [
      'asked for with its response',
      () => observedThen(stream, async (promise) => drain((await promise.withResponse()).data)),
    ],
    [
      'that the function asks for with its response',
      () =>
        outputOf(
          () => stream().withResponse(),
          ({ data }) => drain(data),
        ),
    ],
  ])('a stream %s is recorded as its message, with its tokens', async (_way, ask) => {
    expect(await ask()).toEqual(ANSWER);
    expect(recorded.named('ask').usageDetails).toEqual({ input: 7, output: 3, total: 10 });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['asked for as its response', () => observedThen(stream, async (promise) => readText(await promise.asResponse()))],
    ['that the function gives as its response', () => outputOf(() => stream().asResponse(), readText)],
  ])('a stream %s is recorded as it came, with its tokens and its model', async (_way, ask) => {
    expect(await ask()).toContain('data: [DONE]');
    expect(recorded.named('ask')).toMatchObject({ usageDetails: { input: 7, output: 3, total: 10 }, model: 'gpt-4o' });
  });

  it('a stream that the program aborts ends its observation', async () => {
    await outputOf(streamed, async (stream) => {
      const aborted = new Promise((resolve) => void stream.on('abort', resolve));
      stream.abort();
      await aborted;
    });
    expect(recorded.observations).toHaveLength(1);
  });

  it('a tool runner, which cannot be iterated, is recorded with its last answer', async () => {
    const run = () => openai().chat.completions.runTools({ ...question, tools: [] });
    expect(await outputOf(run, (runner) => runner.done())).toMatchObject({ choices: [{ message: ANSWER }] });
  });

  it.each<[string, (stream: ReturnType<OpenAI['responses']['stream']>) => unknown]>([
    ['for await', drain],
    ['`on`, until `end`', ended],
    ['`done()`', (stream) => stream.done()],
  ])('a stream of a response read by %s is recorded as its output', async (_way, use) => {
    const output = await outputOf(() => openai().responses.stream({ model: 'gpt-5', input: 'The capital?' }), use);
    expect(output).toMatchObject([{ type: 'message', content: [{ type: 'output_text', text: 'Paris.' }] }]);
  });
});

describe('@anthropic-ai/sdk', () => {
  const streamed = () =>
    new Anthropic({ apiKey: 'none', baseURL: api.url }).messages.stream({
      ...{ model: 'claude', max_tokens: 10, messages: [{ role: 'user', content: 'The capital of France?' }] },
    });

  it.each<[string, (stream: ReturnType<typeof streamed>) => unknown]>([
    ['for await', drain],
    ['`on`, until `end`', ended],
    ['`done()`', (stream) => stream.done()],
    ['`emitted("end")`', (stream) => stream.emitted('end')],
    ['`toReadableStream()`', (stream) => readAll(stream.toReadableStream())],
  ])('a message stream read by %s is recorded as its message, with its tokens', async (_way, use) => {
    expect(await outputOf(streamed, use)).toEqual(ANSWER);
    expect(recorded.named('ask').usageDetails).toEqual({ input: 7, output: 3 });
  });

  const create = () =>
    new Anthropic({ apiKey: 'none', baseURL: api.url }).messages.create({
      ...{ model: 'claude', max_tokens: 10, stream: true, messages: [{ role: 'user', content: 'The capital?' }] },
    });

  it.each<[string, () => Promise<unknown>]>([
    [
      'asked for with its response',
      () => observedThen(create, async (promise) => drain((await promise.withResponse()).data)),
    ],
    [
      'that the function asks for with its response',
      () =>
        outputOf(
          () => create().withResponse(),
          ({ data }) => drain(data),
        ),
    ],
  ])('a stream %s is recorded as its message, with its tokens', async (_way, ask) => {
    expect(await ask()).toEqual(ANSWER);
    expect(recorded.named('ask').usageDetails).toEqual({ input: 7, output: 3 });
  });

  it('a stream asked for as its response is recorded with its tokens', async () => {
    await observedThen(create, async (promise) => (await promise.asResponse()).text());
    expect(recorded.named('ask')).toMatchObject({ usageDetails: { input: 7, output: 3 }, model: 'claude' });
  });

  it('whose final message is asked for is recorded as that', async () => {
    expect(await outputOf(streamed, (stream) => stream.finalMessage())).toMatchObject({
      content: [{ type: 'text', text: 'Paris.' }],
    });
  });
});

describe('@langchain/core', () => {
  const model = new FakeStreamingChatModel({ responses: [new AIMessage('Paris.')] });
  type Streamed = Awaited<ReturnType<typeof model.stream>>;

  it.each<[string, (stream: Streamed) => unknown]>([
    ['for await', drain],
    ['`getReader()`', readAll],
    ['`pipeThrough()`', (stream) => readAll(stream.pipeThrough(new TransformStream()))],
    ['`pipeTo()`', (stream) => stream.pipeTo(new WritableStream())],
    ['`tee()`', (stream) => Promise.all(stream.tee().map(readAll))],
    [
      '`next()`',
      async (stream) => {
        while (!(await stream.next()).done);
      },
    ],
  ])('a stream read by %s ends its observation, and stays of its class', async (_way, use) => {
    const output = await outputOf(
      () => model.stream('The capital of France?'),
      (stream) => {
        expect(stream).toBeInstanceOf(IterableReadableStream);
        return use(stream);
      },
    );
    expect(JSON.stringify(output)).toContain('P');
  });

  const bytes = () => {
    const pieces = ['Par', 'is.'].map((piece) => new TextEncoder().encode(piece));
    return IterableReadableStream.fromReadableStream(
      new ReadableStream({
        start(controller) {
          for (const piece of pieces) controller.enqueue(piece);
          controller.close();
        },
      }),
    );
  };

  it('a stream that is the body of a response is recorded as the body is read', async () => {
    expect(await outputOf(bytes, (stream) => new Response(stream).text())).toBe('Paris.');
  });

  it('a response with such a body is recorded as it is read', async () => {
    expect(
      await outputOf(
        () => new Response(bytes()),
        (response) => response.text(),
      ),
    ).toBe('Paris.');
  });
});

describe('@openai/agents', () => {
  setTracingDisabled(true);
  const output = [
    { type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'Paris.' }] },
  ] satisfies ModelResponse['output'];
  const model: Model = {
    getResponse: async () => ({ usage: new Usage(), output }),
    async *getStreamedResponse(): AsyncIterable<StreamEvent> {
      yield { type: 'output_text_delta', delta: 'Par' };
      yield { type: 'output_text_delta', delta: 'is.' };
      yield {
        type: 'response_done',
        response: { id: 'r', output, usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 } },
      };
    },
  };
  const run = () =>
    new Runner({ tracingDisabled: true }).run(new Agent({ name: 'guide', model }), 'The capital?', { stream: true });
  type Run = Awaited<ReturnType<typeof run>>;

  it.each<[string, (result: Run) => unknown]>([
    ['`completed`', (result) => result.completed],
    [
      '`toTextStream()` and `completed`',
      async (result) => {
        await drain(result.toTextStream());
        await result.completed;
      },
    ],
    ['`toTextStream()` as a Node stream', (result) => drain(result.toTextStream({ compatibleWithNodeStreams: true }))],
  ])('a streamed run that is waited for by %s is recorded with its answer', async (_way, use) => {
    expect(await outputOf(run, use)).toBe('Paris.');
  });

  it('a streamed run that is iterated is recorded with its events', async () => {
    expect(JSON.stringify(await outputOf(run, drain))).toContain('is.');
  });
});
