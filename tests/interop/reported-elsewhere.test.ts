import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import Anthropic from '@anthropic-ai/sdk';
import { observe, startActiveObservation, updateActiveObservation } from '@powerrag/tracing';
import { observeInMemory } from '@powerrag/tracing/testing';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakeModelApi, startFakeModelApi } from '../support/fake-model-api.js';

/** What users of other tracing libraries reported as broken, each with the address of the report. */

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

const QUESTION = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'The capital of France?' }] };
const ANSWER = { role: 'assistant', content: 'Paris.' };
const openai = () => new OpenAI({ apiKey: 'none', baseURL: api.url });
const output = () => recorded.named('ask').output;
const ask = { name: 'ask', asType: 'generation' as const };

describe('a call of the OpenAI client in an observed function', () => {
  // https://github.com/Arize-ai/openinference/issues/1795
  it('can be parsed', async () => {
    const parsed = await observe(() => openai().chat.completions.parse(QUESTION), ask)();
    expect(parsed.choices[0]?.message.content).toBe('Paris.');
    expect(output()).toMatchObject({ choices: [{ message: ANSWER }] });
  });

  // https://github.com/open-telemetry/opentelemetry-js-contrib/issues/3586
  it('has its body read once, also where the promise is unwrapped', async () => {
    const promise = observe(() => openai().chat.completions.create(QUESTION), ask)();
    const text = await promise._thenUnwrap(({ choices }) => choices[0]?.message.content);
    expect(text).toBe('Paris.');
  });

  // https://github.com/wandb/weave/pull/6691
  it('streamed with `withResponse()` ends when the stream does', async () => {
    const streamed = observe(() => openai().chat.completions.create({ ...QUESTION, stream: true }), ask);
    const { data, response } = await streamed().withResponse();
    expect(response.status).toBe(200);
    for await (const _chunk of data);
    expect(output()).toEqual(ANSWER);
  });

  // https://github.com/langfuse/langfuse/issues/5807
  it('of `runTools` has its answer recorded', async () => {
    const run = observe(() => openai().chat.completions.runTools({ ...QUESTION, tools: [] }), ask);
    expect(await run().finalContent()).toBe('Paris.');
    expect(JSON.stringify(output())).toContain('Paris.');
  });

  // https://github.com/Arize-ai/openinference/issues/3790, https://github.com/traceloop/openllmetry/pull/4394
  it.each<[string, (stream: Awaited<ReturnType<typeof start>>) => unknown]>([
    [
      'a break',
      async (stream) => {
        for await (const _chunk of stream) break;
      },
    ],
    [
      'an abort',
      async (stream) => {
        for await (const _chunk of stream) stream.controller.abort();
      },
    ],
  ])('streamed and left by %s is sent', async (_how, leave) => {
    await leave(await observe(start, ask)());
    expect(recorded.observations).toHaveLength(1);
  });
  const start = () => openai().chat.completions.create({ ...QUESTION, stream: true });

  // https://github.com/traceloop/openllmetry-js/issues/43
  it('streamed and handed on unread does not end the program', async () => {
    const stream = await observe(start, ask)();
    expect(Object.keys(stream)).toContain('controller');
    for await (const _chunk of stream);
    expect(output()).toEqual(ANSWER);
  });
});

// https://github.com/getsentry/sentry-javascript/pull/17754
it('the message stream of Anthropic keeps its methods, chained too', async () => {
  const stream = observe(() => {
    const client = new Anthropic({ apiKey: 'none', baseURL: api.url });
    return client.messages.stream({ ...QUESTION, model: 'claude', max_tokens: 10 });
  }, ask)();
  const texts: string[] = [];
  const message = await stream.on('text', (text) => texts.push(text)).finalMessage();
  expect([texts.join(''), message.content]).toMatchObject(['Paris.', [{ text: 'Paris.' }]]);
  expect(recorded.observations).toHaveLength(1);
});

// https://github.com/mastra-ai/mastra/issues/20366
it('a value that shares its parts many times over is recorded at once, up to the limit', async () => {
  let shared: object = { leaf: true };
  for (let depth = 0; depth < 60; depth++) shared = { left: shared, right: shared };
  expect(await observe(async () => shared, ask)()).toBe(shared);
  expect(JSON.stringify(output())).toContain('[truncated');
});

// https://github.com/nestjs/nest/issues/17552
it('methods that read private members keep working, of instances and of classes', () => {
  class Counter {
    #count = 7;
    static readonly #first = 1;
    count() {
      return this.#count;
    }
    static first() {
      return Counter.#first;
    }
  }
  Counter.prototype.count = observe(Counter.prototype.count, ask);
  Counter.first = observe(Counter.first, ask);
  expect([new Counter().count(), Counter.first()]).toEqual([7, 1]);
});

// https://github.com/mastra-ai/mastra/issues/17074
it.each<[string, (stream: ReadableStream<string>) => Promise<unknown>]>([
  ['an error', async (stream) => new Response(stream.pipeThrough(new TextEncoderStream())).text()],
  ['the end of its reader', (stream) => stream.cancel()],
  [
    'an abort',
    async (stream) => {
      const signal = AbortSignal.abort();
      await stream.pipeThrough(new TransformStream()).pipeTo(new WritableStream(), { signal });
    },
  ],
])('a stream that is ended by %s is recorded, once', async (_how, end) => {
  const stream = observe(
    () =>
      new ReadableStream<string>({
        start(controller) {
          controller.enqueue('Par');
        },
        pull(controller) {
          controller.error(new Error('The connection broke.'));
        },
      }),
    ask,
  );
  await end(stream()).catch(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  expect(recorded.observations).toHaveLength(1);
});

// https://github.com/langchain-ai/langsmith-sdk/issues/1818
it('the AsyncLocalStorage of the program keeps its value, in a generator too', async () => {
  const storage = new AsyncLocalStorage<string>();
  const generate = observe(async function* () {
    await new Promise((resolve) => setImmediate(resolve));
    yield storage.getStore();
  }, ask);
  const seen: unknown[] = [];
  await storage.run('of the program', async () => {
    for await (const value of generate()) seen.push(value);
  });
  expect(seen).toEqual(['of the program']);
});

describe('a result with methods and getters of a class', () => {
  class Result {
    readonly #text = 'Paris.';
    get textStream() {
      return new Response(this.#text).body;
    }
    consumeStream() {
      return this.#text;
    }
  }

  // https://github.com/braintrustdata/braintrust-sdk-javascript/issues/966,
  // https://github.com/getsentry/sentry-javascript/issues/17593
  it('keeps them', () => {
    const result = observe(() => new Result(), ask)();
    expect([result.consumeStream(), result.textStream]).toEqual(['Paris.', expect.any(ReadableStream)]);
  });

  // https://github.com/braintrustdata/braintrust-sdk-javascript/issues/1022
  it('comes at once from a function that is not async', () => {
    expect(observe(() => new Result(), ask)()).toBeInstanceOf(Result);
    expect(recorded.observations).toHaveLength(1);
  });
});

// https://github.com/braintrustdata/braintrust-sdk-javascript/issues/1126,
// https://github.com/braintrustdata/braintrust-sdk-javascript/issues/1174
it('what a gateway adds to the token counts is no count of tokens, and breaks nothing', async () => {
  const usage = {
    ...{ prompt_tokens: 7, completion_tokens: 3, total_tokens: 10, cost: 0.0012, is_byok: true },
    cost_details: { upstream_inference_cost: null, upstream_inference_prompt_cost: 0.001 },
    service_tier: 'default',
  };
  await observe(async () => ({ model: 'gpt-4o', usage }), ask)();
  expect(recorded.named('ask').usageDetails).toEqual({ input: 7, output: 3, total: 10 });
});

// https://github.com/langfuse/langfuse-js/issues/858
it('a signal that is passed to many calls gets no listener of ours', async () => {
  const { signal } = new AbortController();
  const call = observe(async (options: { signal: AbortSignal }) => !options.signal.aborted, ask);
  for (let count = 0; count < 20; count++) await call({ signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

describe('a generator', () => {
  // https://github.com/langchain-ai/langsmith-sdk/pull/2230
  it.each([1, 3])('runs its `finally` once where %i of its 2 pieces are asked for', async (asked) => {
    let finished = 0;
    const generate = observe(async function* () {
      try {
        yield 'Par';
        yield 'is.';
      } finally {
        finished += 1;
      }
    }, ask);
    let count = 0;
    for await (const _piece of generate()) if (++count === asked) break;
    expect([finished, recorded.observations.length]).toEqual([1, 1]);
  });

  // https://github.com/langchain-ai/langsmith-sdk/issues/2431
  it('stays the parent of what it does, whoever asks for the next piece', async () => {
    const step = observe(async (count: number) => count, { name: 'step' });
    const generate = observe(async function* () {
      yield await step(1);
      yield await step(2);
    }, ask);
    const pieces = generate();
    for (const name of ['first', 'second', 'third']) {
      const elsewhere = new AsyncResource('task');
      await elsewhere.runInAsyncScope(() => startActiveObservation(name, () => pieces.next()));
    }
    const steps = recorded.observations.filter(({ name }) => name === 'step');
    expect(steps.map(({ parent }) => parent?.name)).toEqual(['ask', 'ask']);
  });
});

// https://github.com/langfuse/langfuse/issues/10467
it('without its input and output, an observation is still the one that is updated', async () => {
  const quiet = { captureInput: false, captureOutput: false };
  const inner = observe(async () => updateActiveObservation({ output: 'of inner' }), {
    ...quiet,
    name: 'inner',
    asType: 'guardrail',
  });
  await observe(async () => inner(), { ...quiet, name: 'outer', asType: 'chain' })();
  expect(recorded.named('inner')).toMatchObject({ type: 'guardrail', output: 'of inner' });
  expect(recorded.named('outer')).toMatchObject({ type: 'chain', output: undefined });
});

// https://github.com/langfuse/langfuse/issues/13746
it('an observation that nobody updates has its type', async () => {
  await startActiveObservation('search', async () => [], { asType: 'retriever' });
  expect(recorded.named('search').type).toBe('retriever');
});

describe('a stream of the OpenAI client', () => {
  const start = () => openai().chat.completions.create({ ...QUESTION, stream: true });

  // https://github.com/braintrustdata/braintrust-sdk-python/pull/120
  it('keeps its controller and its methods', async () => {
    const stream = await observe(start, ask)();
    const [left, right] = stream.tee();
    const read = async (pieces: AsyncIterable<{ choices: { delta: { content?: string | null } }[] }>) => {
      let text = '';
      for await (const { choices } of pieces) text += choices[0]?.delta.content ?? '';
      return text;
    };
    expect(await Promise.all([read(left), read(right)])).toEqual(['Paris.', 'Paris.']);
    expect(stream.controller).toBeInstanceOf(AbortController);
    expect(output()).toEqual(ANSWER);
  });

  // https://github.com/getsentry/sentry-javascript/issues/18962
  it('gives each piece before it asks for the next', async () => {
    const log: string[] = [];
    const generate = observe(async function* () {
      for (const piece of ['Par', 'is.']) {
        log.push(`made ${piece}`);
        yield piece;
      }
    }, ask);
    for await (const piece of generate()) log.push(`read ${piece}`);
    expect(log).toEqual(['made Par', 'read Par', 'made is.', 'read is.']);
  });
});
