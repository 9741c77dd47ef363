import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import Anthropic from '@anthropic-ai/sdk';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { PowerRAGSpanProcessor } from '@powerrag/exporter';
import { observe } from '@powerrag/tracing';
import { observeInMemory } from '@powerrag/tracing/testing';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startRecordingSink } from '../e2e/recording-sink.js';
import { type FakeModelApi, startFakeModelApi } from '../support/fake-model-api.js';

/** More of what users of other tracing libraries reported as broken, each with the address of the report. */

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

const SECRET = 'no-key-but-nobody-may-read-it';
const QUESTION = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'The capital of France?' }] };
const ask = { name: 'ask', asType: 'generation' as const };
const openai = () => new OpenAI({ apiKey: SECRET, baseURL: api.url });

describe('a client', () => {
  // https://github.com/getsentry/sentry-javascript/issues/19912
  it('of Anthropic gives its stream with the response', async () => {
    const stream = observe(() => {
      const client = new Anthropic({ apiKey: SECRET, baseURL: api.url });
      return client.messages.create({ ...QUESTION, model: 'claude', max_tokens: 10, stream: true });
    }, ask);
    const { data, response } = await stream().withResponse();
    for await (const _event of data);
    expect(response.status).toBe(200);
    expect(recorded.named('ask')).toMatchObject({ output: { content: 'Paris.' } });
  });

  // https://github.com/langchain-ai/langchainjs/issues/8537
  it('that an observed function makes works, private members included', async () => {
    const client = observe(openai, { name: 'make-client' })();
    const completion = await client.chat.completions.parse(QUESTION);
    expect(completion.choices[0]?.message.content).toBe('Paris.');
    expect(client).toBeInstanceOf(OpenAI);
  });

  // https://github.com/langfuse/langfuse-js/issues/217
  it('that is passed as an argument is recorded without its key, although it contains itself', async () => {
    const client = openai();
    const answer = observe(async (from: OpenAI) => (await from.chat.completions.create(QUESTION)).choices, ask);
    expect(await answer(client)).toMatchObject([{ message: { content: 'Paris.' } }]);
    const sink = await startRecordingSink();
    onTestFinished(() => sink.close());
    const spanProcessors = [new PowerRAGSpanProcessor({ baseUrl: sink.url })];
    const provider = new BasicTracerProvider({ spanProcessors });
    const input = JSON.stringify(recorded.named('ask').input);
    provider.getTracer('test').startSpan('ask', { attributes: { input } }).end();
    await provider.shutdown();
    expect(input).toContain(SECRET);
    expect(sink.spans[0]?.attributes.input).toContain('"apiKey":"[redacted]"');
    expect(sink.spans[0]?.attributes.input).not.toContain(SECRET);
  });
});

// https://github.com/langchain-ai/langsmith-sdk/issues/2048
it('the tool of a class keeps its instance, its other methods and those it inherits', async () => {
  class Tool {
    readonly #unit = 'degrees';
    protected say(celsius: number) {
      return `${celsius} ${this.#unit}`;
    }
  }
  class Weather extends Tool {
    readonly execute = observe(this.run, { name: 'weather', asType: 'tool' });
    async run(input: { celsius: number }) {
      return this.say(input.celsius);
    }
  }
  expect(await new Weather().execute({ celsius: 18 })).toBe('18 degrees');
  expect(recorded.named('weather')).toMatchObject({ type: 'tool', output: '18 degrees' });
});

// https://github.com/DataDog/dd-trace-js/issues/5829, https://github.com/PostHog/posthog-js/pull/4133
it('large integers and objects that lead back to themselves are recorded', async () => {
  const fiber: Record<string, unknown> = { id: 12_345_678_901_234_567_890n };
  fiber.stateNode = { fiber };
  await observe(async (value: object) => value, ask)(fiber);
  expect(recorded.named('ask').output).toMatchObject({ id: '12345678901234567890' });
});

describe('a stream', () => {
  async function* parts() {
    yield { type: 'text-delta', id: '1', text: 'Par' };
    yield { type: 'text-delta', id: '1', text: 'is.' };
  }

  // https://github.com/mastra-ai/mastra/issues/22391
  it('that ends without a part that says so ends its observation', async () => {
    for await (const _part of observe(parts, ask)());
    expect(recorded.named('ask').output).toEqual({ role: 'assistant', content: 'Paris.' });
  });

  // https://github.com/langfuse/langfuse-python/pull/1628
  it('whose output is not recorded still holds what happens in it, and none of its pieces', async () => {
    const step = observe(async () => 1, { name: 'step' });
    setFlagsFromString('--expose-gc');
    const collectGarbage: () => void = runInNewContext('gc');
    const pieces: WeakRef<object>[] = [];
    const generate = observe(
      async function* () {
        for (let count = 0; count < 9; count++) {
          await step();
          const piece = { text: 'x'.repeat(100_000) };
          pieces.push(new WeakRef(piece));
          yield piece;
        }
      },
      { ...ask, captureOutput: false },
    );
    let held = 0;
    for await (const _piece of generate()) {
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
      held = pieces.filter((piece) => piece.deref() !== undefined).length;
    }
    expect(held).toBeLessThan(4);
    expect(recorded.named('ask').output).toBeUndefined();
    const steps = recorded.observations.filter(({ name }) => name === 'step');
    expect(new Set(steps.map(({ parent }) => parent?.name))).toEqual(new Set(['ask']));
  });

  // https://github.com/getsentry/sentry-javascript/issues/18067
  it('that is the body of a response holds what happens while it is read', async () => {
    const step = observe(async () => 'Paris.', { name: 'step' });
    const handle = observe(
      async () =>
        new Response(
          new ReadableStream<Uint8Array>(
            {
              async pull(controller) {
                controller.enqueue(new TextEncoder().encode(await step()));
                controller.close();
              },
            },
            { highWaterMark: 0 },
          ),
        ),
      { name: 'handle' },
    );
    const response = await handle();
    expect(recorded.observations).toEqual([]);
    expect(await response.text()).toBe('Paris.');
    expect(recorded.named('step').parent?.name).toBe('handle');
    expect(recorded.named('handle').output).toBe('Paris.');
  });

  // https://github.com/vercel/next.js/pull/86955
  it('that fails after its first piece has the error', async () => {
    const handle = observe(
      async () =>
        new Response(
          new ReadableStream<Uint8Array>({
            start: (controller) => controller.enqueue(new TextEncoder().encode('Par')),
            pull: (controller) => controller.error(new Error('The model is gone.')),
          }),
        ),
      { name: 'handle' },
    );
    await expect((await handle()).text()).rejects.toThrow('The model is gone.');
    expect(recorded.named('handle')).toMatchObject({ level: 'ERROR', statusMessage: 'The model is gone.' });
  });
});

// https://github.com/open-telemetry/opentelemetry-js/issues/5602
it('a span that ends right before the shutdown is sent', async () => {
  const sink = await startRecordingSink();
  onTestFinished(() => sink.close());
  const processor = new PowerRAGSpanProcessor({ baseUrl: sink.url });
  const provider = new BasicTracerProvider({ spanProcessors: [processor] });
  provider.getTracer('test').startSpan('last words').end();
  await provider.shutdown();
  expect(sink.spans.map(({ name }) => name)).toEqual(['last words']);
});

// https://github.com/getsentry/sentry-javascript/issues/20409
it('an answer that streams to a client that goes away is recorded as far as it came', async () => {
  const handle = observe(
    async () =>
      new Response(
        new ReadableStream<Uint8Array>({
          pull: (controller) => controller.enqueue(new TextEncoder().encode('Paris. ')),
        }),
      ),
    { name: 'handle' },
  );
  const server = createServer(async (_request, answer) => {
    const reader = (await handle()).body?.getReader();
    answer.on('close', () => void reader?.cancel());
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
      answer.write(read.value);
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const client = new AbortController();
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { signal: client.signal });
  await response.body?.getReader().read();
  client.abort();
  await expect.poll(() => recorded.observations.length).toBe(1);
  expect(recorded.named('handle')).toMatchObject({ level: 'DEFAULT', output: expect.stringContaining('Paris. ') });
});
