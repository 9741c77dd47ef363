import { tracingChannel } from 'node:diagnostics_channel';
import { type Context, context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { TRACING_STATE } from '@powerrag/protocol';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { FakeClock } from '../testing/fake-clock.js';
import { AI_SDK_CHANNEL, noticeIntegrations, traceAiSdk } from './channel.js';

const channel = tracingChannel<unknown, object>(AI_SDK_CHANNEL);

beforeEach(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(() => context.disable());

/** Listens to the channel until the end of the test, and gives what is recorded. */
function listen(others: readonly { onEnd(): void }[] = []) {
  const exporter = new InMemorySpanExporter();
  const failing = others.map((other) => ({ ...noticeIntegrations, onStart() {}, ...other }));
  const provider = new BasicTracerProvider({
    spanProcessors: [noticeIntegrations, new SimpleSpanProcessor(exporter), ...failing],
  });
  const clock = new FakeClock();
  const tracing = traceAiSdk(provider, clock);
  onTestFinished(() => tracing.stop());
  const named = () => exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes] as const);
  return {
    provider,
    clock,
    tracing,
    finished: () => exporter.getFinishedSpans(),
    spans: () => Object.fromEntries(named()),
    names: () => named().map(([name]) => name),
  };
}

/** Publishes as the AI SDK does for work that it awaits. */
async function publish<T>(type: string, event: object, work: () => Promise<T>): Promise<T> {
  return await channel.tracePromise(work, { type, event: { callId: 'call', modelId: 'm', ...event } });
}

/** Publishes the start of a streamed call, whose end is published apart. */
function startStream(callId: string, work: () => unknown = () => {}): object {
  const message = { type: 'streamText', event: { callId } };
  channel.start.runStores(message, work);
  return message;
}

function answerOf(...pieces: readonly object[]): ReadableStream {
  return new ReadableStream({
    pull(controller) {
      const [next, ...rest] = pieces;
      pieces = rest;
      if (next) controller.enqueue(next);
      else controller.close();
    },
  });
}

const text = (delta: string) => ({ type: 'text-delta', id: '0', delta });
const PARTIAL = 'powerrag.observation.partial';
const OUTPUT = 'langfuse.observation.output';

describe('what the AI SDK publishes', () => {
  it('makes the model call active for the work of its provider', async () => {
    const { spans, provider } = listen();
    await publish('generateText', {}, () =>
      publish('languageModelCall', {}, async () => {
        await null;
        provider.getTracer('http').startSpan('POST').end();
        return { content: [{ type: 'text', text: 'Paris.' }] };
      }),
    );
    expect(Object.keys(spans())).toEqual(['POST', 'chat m', 'generateText']);
    expect(spans().generateText?.[OUTPUT]).toBe('Paris.');
  });

  it('gives a stream to its reader piece by piece, never ahead of it', async () => {
    const { names, spans } = listen();
    let pulled = 0;
    const stream = new ReadableStream(
      {
        pull(controller) {
          pulled += 1;
          controller.enqueue(text(`${pulled} `));
        },
      },
      { highWaterMark: 0 },
    );
    startStream('call');
    await publish('languageModelCall', {}, async () => ({ stream }));
    const reader = stream.getReader();
    expect((await reader.read()).value).toEqual(text('1 '));
    expect((await reader.read()).value).toEqual(text('2 '));
    expect(pulled).toBe(2);
    await reader.cancel();
    expect(names()).toEqual(['chat m']);
    expect(spans()['chat m']).toMatchObject({ [OUTPUT]: '1 2 ', [PARTIAL]: 'cancelled' });
  });

  it('passes the failure of a stream on to its reader, and records it', async () => {
    const { spans } = listen();
    const failure = new Error('reset');
    startStream('call');
    const { stream } = await publish('languageModelCall', {}, async () => ({
      stream: new ReadableStream({ pull: (controller) => controller.error(failure) }),
    }));
    await expect(stream.getReader().read()).rejects.toBe(failure);
    expect(spans()['chat m']?.['langfuse.observation.status_message']).toBe('reset');
  });

  it('ends what nobody reads any more after five minutes, and lets go of it', async () => {
    const { clock, names, spans } = listen();
    startStream('call');
    const { stream } = await publish('languageModelCall', {}, async () => ({
      stream: answerOf(text('Par'), text('is')),
    }));
    await stream.getReader().read();
    await clock.advance(5 * 60_000 - 1);
    expect(names()).toEqual([]);
    await clock.advance(1);
    expect(names()).toEqual(['chat m', 'streamText']);
    expect(spans()['chat m']).toMatchObject({ [OUTPUT]: 'Par', [PARTIAL]: 'abandoned' });
    expect(clock.timers).toBe(0);
  });

  it('is held for at most a thousand calls: the oldest ends when there are more', () => {
    const { names, spans } = listen();
    for (let call = 0; call < 1_001; call++) startStream(`call ${call}`);
    expect(names()).toEqual(['streamText']);
    expect(spans().streamText?.[PARTIAL]).toBe('abandoned');
  });

  it('keeps the time of the first piece and a thousand times at most', async () => {
    const { spans } = listen();
    startStream('call');
    const pieces = Array.from({ length: 5_000 }, () => text('ab'));
    const { stream } = await publish('languageModelCall', {}, async () => ({ stream: answerOf(...pieces) }));
    for await (const _ of stream);
    const times: [number, number][] = JSON.parse(String(spans()['chat m']?.['powerrag.observation.pieces']));
    expect(times.length).toBeLessThanOrEqual(1_000);
    expect(times.reduce((sum, [, length]) => sum + length, 0)).toBe(10_000);
  });
});

describe('the limit of one value that the application set', () => {
  const state = globalThis as { [TRACING_STATE]?: { options: { maxValueLength?: number } } };
  const limit = (maxValueLength: number) => {
    state[TRACING_STATE] = { options: { maxValueLength } };
    onTestFinished(() => {
      delete state[TRACING_STATE];
    });
  };

  it('holds for what a model is given and answers, and says how much is missing', async () => {
    limit(40);
    const { spans } = listen();
    const content = [
      { type: 'text', text: 'Par' },
      { type: 'text', text: 'is. '.repeat(50) },
    ];
    await publish('generateText', { messages: [{ role: 'user', content: 'x'.repeat(1_000) }] }, () =>
      publish('languageModelCall', { prompt: [] }, async () => ({ content })),
    );
    const { generateText: call, 'chat m': model } = spans();
    expect(String(call?.['langfuse.observation.input']).length).toBeLessThan(120);
    expect(call?.['langfuse.observation.input']).toContain('[truncated: ');
    const answer = `Par${'is. '.repeat(9)}i[truncated: 163 characters]`;
    expect([model?.[OUTPUT], call?.[OUTPUT]]).toEqual([answer, answer]);
  });

  it('holds for the pieces of a stream, without half a surrogate pair, and not for the times when they came', async () => {
    limit(4);
    const { spans } = listen();
    startStream('call');
    const { stream } = await publish('languageModelCall', {}, async () => ({
      stream: answerOf(text('abc'), text('😀'), text('d')),
    }));
    for await (const _ of stream);
    expect(spans()['chat m']?.[OUTPUT]).toBe('abc[truncated: 3 characters]');
    expect(JSON.parse(String(spans()['chat m']?.['powerrag.observation.pieces']))).toHaveLength(3);
  });

  it('holds for the message of an error, wherever it is recorded', async () => {
    limit(10);
    const { finished } = listen();
    await publish('generateText', {}, async () => {
      throw new Error('m'.repeat(1_000));
    }).catch(() => {});
    const [span] = finished();
    const message = `${'m'.repeat(10)}[truncated: 990 of 1000 characters]`;
    expect(span?.status.message).toBe(message);
    expect(span?.events[0]?.attributes?.['exception.message']).toBe(message);
    expect(span?.attributes['langfuse.observation.status_message']).toBe(message);
  });
});

describe('the application', () => {
  it('gets its result though a span processor throws and the message is of no known shape', async () => {
    const { spans } = listen([
      {
        onEnd() {
          throw new Error('broken');
        },
      },
    ]);
    expect(await publish('generateText', {}, () => publish('executeTool', {}, async () => 18))).toBe(18);
    for (const message of [
      {},
      { type: 'generateText' },
      { type: 7, event: null },
      { type: 'new', event: { callId: 'x' } },
    ])
      expect(await channel.tracePromise(async () => 18, message)).toBe(18);
    expect(Object.keys(spans())).toEqual(['tool', 'generateText']);
  });

  it('keeps its active span around a call', async () => {
    const { provider } = listen();
    const span = provider.getTracer('app').startSpan('turn');
    const around: Context = trace.setSpan(context.active(), span);
    await context.with(around, async () => {
      await publish('generateText', {}, async () => expect(trace.getActiveSpan()).toBe(span));
      expect(context.active()).toBe(around);
    });
  });

  it('has its call recorded where no context manager is registered', async () => {
    context.disable();
    const { names } = listen();
    await publish('generateText', {}, () => publish('languageModelCall', {}, async () => ({ content: [] })));
    expect(names()).toEqual(['chat m', 'generateText']);
  });

  it('has a call left to the integration that records it', async () => {
    const { names, provider } = listen();
    const attributes = { 'gen_ai.operation.name': 'invoke_agent' };
    await publish('generateText', {}, async () => {
      provider.getTracer('gen_ai').startSpan('invoke_agent m', { attributes }).end();
      return await publish('languageModelCall', {}, async () => ({ content: [] }));
    });
    expect(names()).toEqual(['invoke_agent m']);
  });

  it('has each call recorded once, by who registered last, as test files in one process do', async () => {
    const [first, second] = [listen(), listen()];
    await publish('generateText', {}, async () => 1);
    first.tracing.stop();
    await publish('generateText', {}, async () => 1);
    expect([first.names(), second.names()]).toEqual([[], ['generateText', 'generateText']]);
  });

  it('is not listened to any more after the stop', async () => {
    const { names, tracing } = listen();
    startStream('open');
    tracing.stop();
    await publish('generateText', {}, async () => 1);
    expect(names()).toEqual(['streamText']);
  });
});
