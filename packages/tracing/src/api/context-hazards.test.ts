import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Context, context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { SpanAttributeKeys } from '@powerrag/protocol';
import { expect, it, onTestFinished } from 'vitest';
import { getActiveSpanId, observe, startActiveObservation, startObservation } from '../index.js';
import { parentOf, recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();

const idOf = (name: string) => spans.named(name).spanContext().spanId;
const parentNamed = (name: string) => parentOf(spans.named(name));
const tick = () => new Promise((resolve) => setImmediate(resolve));

it('what follows an awaited thenable is a child of what was active before it (E39)', async () => {
  await startActiveObservation('root', async () => {
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested.
    await { then: (resolve: (value: number) => void) => void setImmediate(resolve, 1) };
    startObservation('after').end();
  });
  expect(parentNamed('after')).toBe(idOf('root'));
});

it('an event listener that was added before run is a child of what emits', async () => {
  const emitter = new EventEmitter();
  emitter.on('go', () => startObservation('emitted').end());
  startActiveObservation('root', () => emitter.emit('go'));
  expect(parentNamed('emitted')).toBe(idOf('root'));
});

it('a microtask is a child of what queued it', async () => {
  await startActiveObservation('root', async () => {
    queueMicrotask(() => startObservation('microtask').end());
    await tick();
  });
  expect(parentNamed('microtask')).toBe(idOf('root'));
});

/** A client with one connection for all its requests, which answer in order. */
async function startPool() {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  onTestFinished(() => void server.close());
  const waiting: ((answer: string) => void)[] = [];
  let socket: Socket | undefined;
  const ask = (question: string, callback: (answer: string) => void) => {
    if (!socket) {
      socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
      socket.on('data', (data) => waiting.shift()?.(String(data)));
      onTestFinished(() => void socket?.destroy());
    }
    waiting.push(callback);
    socket.write(question);
  };
  return { ask, query: (question: string) => new Promise<string>((resolve) => ask(question, resolve)) };
}

it('what follows an awaited answer of a pooled connection is a child of what asked, not of what connected', async () => {
  const pool = await startPool();
  await startActiveObservation('first', () => pool.query('a'));
  await startActiveObservation('second', async () => {
    await pool.query('b');
    startObservation('after').end();
  });
  expect(parentNamed('after')).toBe(idOf('second'));
});

it('the callback of a pooled connection gets the right parent from the observation, or from AsyncResource.bind', async () => {
  const pool = await startPool();
  await startActiveObservation('first', () => pool.query('a'));
  await startActiveObservation('second', async (second) => {
    await new Promise<void>((resolve) => {
      pool.ask('b', () => {
        second.startObservation('by hand').end();
        resolve();
      });
    });
    await new Promise<void>((resolve) => {
      const bound = AsyncResource.bind(() => {
        startObservation('bound').end();
        resolve();
      });
      pool.ask('c', bound);
    });
  });
  expect([parentNamed('by hand'), parentNamed('bound')]).toEqual([idOf('second'), idOf('second')]);
});

it('under a context that other code leaked with enterWith, passing the root context starts a root', async () => {
  const storage = new AsyncLocalStorage<Context>();
  context.disable();
  context.setGlobalContextManager(
    Object.assign(new AsyncLocalStorageContextManager(), {
      active: () => storage.getStore() ?? ROOT_CONTEXT,
      with: <R>(inner: Context, fn: () => R) => storage.run(inner, fn),
    }),
  );
  const leaked = startObservation('leaked');
  leaked.end();
  storage.enterWith(trace.setSpan(ROOT_CONTEXT, leaked.otelSpan));
  await context.with(ROOT_CONTEXT, () =>
    startActiveObservation('request', async () => {
      await tick();
      startObservation('child').end();
    }),
  );
  expect(parentNamed('request')).toBeUndefined();
  expect(parentNamed('child')).toBe(idOf('request'));
});

it('no observation stays active after a call, a failure, a generator left early or a stream left open', async () => {
  const generator = observe(async function* left() {
    yield 1;
  });
  observe(() => 1)();
  await observe(async () => Promise.reject(new Error('x')))().catch(() => {});
  for await (const _one of generator()) break;
  const stream = observe(() => new ReadableStream({ pull: (controller) => controller.enqueue('x') }))();
  await stream.getReader().read();
  expect(getActiveSpanId()).toBeUndefined();
});

it('a pipeline that is read after its function has returned runs under the observation of its source', async () => {
  const source = observe(
    () =>
      Readable.from(
        (async function* () {
          startObservation('piece').end();
          yield 'x';
        })(),
      ),
    { name: 'source' },
  );
  await startActiveObservation('reader', () => pipeline(source(), new PassThrough({ objectMode: true })));
  expect(parentNamed('piece')).toBe(idOf('source'));
});

it('what an async generator does as it is left early is still a child of its observation', async () => {
  const answer = observe(async function* answer() {
    try {
      yield 'a';
      yield 'b';
    } finally {
      await tick();
      startObservation('clean up').end();
    }
  });
  await startActiveObservation('reader', async () => {
    for await (const _word of answer()) break;
    startObservation('next').end();
  });
  expect(parentNamed('clean up')).toBe(idOf('answer'));
  expect(parentNamed('next')).toBe(idOf('reader'));
  expect(spans.named('answer').attributes[SpanAttributeKeys.partial]).toBe('returned');
});

it('a stream that nobody finishes leaves the parent of what follows alone, and ends when it is cancelled', async () => {
  const stream = observe(() => new ReadableStream<string>({ pull: (to) => to.enqueue('x') }), { name: 'endless' });
  await startActiveObservation('reader', async () => {
    const reader = stream().getReader();
    await reader.read();
    startObservation('next').end();
    expect(spans.all().map(({ name }) => name)).toEqual(['next']);
    await reader.cancel();
  });
  expect(parentNamed('next')).toBe(idOf('reader'));
  expect(parentNamed('endless')).toBe(idOf('reader'));
  expect(spans.named('endless').attributes[SpanAttributeKeys.partial]).toBe('cancelled');
});
