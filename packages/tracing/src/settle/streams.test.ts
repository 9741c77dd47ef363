import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SpanAttributeKeys } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { observe } from '../index.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();

const outputOf = (name: string) => spans.named(name).attributes[SpanAttributeKeys.observationOutput];
const partialOf = (name: string) => spans.named(name).attributes[SpanAttributeKeys.partial];

async function* words() {
  yield 'Par';
  yield 'is';
}

async function drain<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

function streamOf<T>(...chunks: T[]): ReadableStream<T> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

describe('an observed stream', () => {
  it('of the web is never read ahead of its reader', async () => {
    let pulled = 0;
    const source = new ReadableStream<string>(
      {
        pull(controller) {
          pulled += 1;
          controller.enqueue(`${pulled} `);
          if (pulled === 3) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const stream = observe(() => source, { name: 'web' })();
    await Promise.resolve();
    expect(pulled).toBe(0);
    expect(await drain(stream)).toEqual(['1 ', '2 ', '3 ']);
    expect(outputOf('web')).toBe('1 2 3 ');
  });

  it('of the web that is cancelled cancels its source and is marked as partial', async () => {
    let reason: unknown;
    const source = new ReadableStream({
      cancel(why) {
        reason = why;
      },
    });
    await observe(() => source, { name: 'web' })().cancel('enough');
    expect(reason).toBe('enough');
    expect(partialOf('web')).toBe('cancelled');
  });

  it('of the web fails with the error of its source', async () => {
    const error = new Error('reset');
    const source = new ReadableStream({
      pull(controller) {
        controller.error(error);
      },
    });
    await expect(drain(observe(() => source, { name: 'web' })())).rejects.toBe(error);
    expect(spans.named('web').attributes[SpanAttributeKeys.observationLevel]).toBe('ERROR');
  });

  it('of the web that is already locked is passed on, and ends its observation at once', () => {
    const source = streamOf('a');
    source.getReader();
    expect(observe(() => source, { name: 'web' })()).toBe(source);
    expect(outputOf('web')).toBe('"[ReadableStream]"');
  });

  it('of the web, of a subclass, stays the same object and is followed while it is iterated', async () => {
    class Special extends ReadableStream<string> {}
    const special = new Special({
      start(controller) {
        controller.enqueue('a');
        controller.close();
      },
    });
    const stream = observe(() => special, { name: 'special' })();
    expect(stream).toBe(special);
    expect(await drain(stream)).toEqual(['a']);
    expect(outputOf('special')).toBe('a');
  });

  it('in a response of a subclass is passed on, and ends its observation at once', () => {
    class Special extends Response {}
    const special = new Special('a');
    expect(observe(() => special, { name: 'special' })()).toBe(special);
    expect(spans.named('special').ended).toBe(true);
  });

  it('of bytes can still be read into the reader’s own buffer', async () => {
    const source = new ReadableStream({
      type: 'bytes',
      start(controller) {
        controller.enqueue(new TextEncoder().encode('café'));
        controller.close();
      },
    });
    const reader = observe(() => source, { name: 'bytes' })().getReader({ mode: 'byob' });
    const first = await reader.read(new Uint8Array(16));
    expect(new TextDecoder().decode(first.value)).toBe('café');
    expect((await reader.read(new Uint8Array(16))).done).toBe(true);
    expect(outputOf('bytes')).toBe('café');
  });

  it('of bytes that are not UTF-8 text is recorded as its size', async () => {
    await drain(observe(() => streamOf(new Uint8Array([0xff, 0xfe]), new Uint8Array(3)), { name: 'binary' })());
    expect(outputOf('binary')).toBe('[5 bytes]');
  });

  it('in a response is recorded as the response is read', async () => {
    const respond = observe(
      async () => new Response(streamOf(new TextEncoder().encode('hello')), { status: 201, headers: { 'x-a': 'b' } }),
      { name: 'respond' },
    );
    const response = await respond();
    expect(spans.all()).toHaveLength(0);
    expect([response.status, response.headers.get('x-a'), response instanceof Response]).toEqual([201, 'b', true]);
    expect(await response.text()).toBe('hello');
    expect(outputOf('respond')).toBe('hello');
  });

  it('of Node is the same object, and is recorded however it is read', async () => {
    const source = Readable.from(['Par', 'is']);
    const returned = observe(() => source, { name: 'node' })();
    expect(returned).toBe(source);
    const target = new PassThrough({ objectMode: true });
    await pipeline(returned, target);
    expect(outputOf('node')).toBe('Paris');
  });

  it('of Node that is destroyed is marked as partial', async () => {
    const stream = observe(() => Readable.from(['a', 'b']), { name: 'node' })();
    for await (const _chunk of stream) break;
    await new Promise((resolve) => setImmediate(resolve));
    expect(partialOf('node')).toBe('cancelled');
    expect(outputOf('node')).toBe('a');
  });

  it('of Node that fails without a listener is still an uncaught error', async () => {
    const stream = observe(() => new Readable({ read() {} }), { name: 'node' })();
    expect(() => stream.emit('error', new Error('boom'))).toThrow('boom');
    expect(spans.named('node').attributes[SpanAttributeKeys.observationLevel]).toBe('ERROR');
  });

  it('of a model client keeps its class, its private members and its methods', async () => {
    class ClientStream {
      readonly #chunks = ['a', 'b'];
      async *[Symbol.asyncIterator]() {
        yield* this.#chunks;
      }
      count() {
        return this.#chunks.length;
      }
    }
    const stream = await observe(async () => new ClientStream(), { name: 'client' })();
    expect(stream).toBeInstanceOf(ClientStream);
    expect(stream.count()).toBe(2);
    expect(await drain(stream)).toEqual(['a', 'b']);
    expect(outputOf('client')).toBe('ab');
  });

  it('of a model client is still followed when the objects that led to it are collected', async () => {
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    class ClientPromise<T> extends Promise<T> {}
    let isCollected = false;
    const registry = new FinalizationRegistry(() => {
      isCollected = true;
    });
    const ask = observe(
      () => {
        const promise = ClientPromise.resolve({ [Symbol.asyncIterator]: words });
        registry.register(promise, undefined);
        return promise;
      },
      { name: 'ask' },
    );
    const pieces = (await ask())[Symbol.asyncIterator]();
    await pieces.next();
    for (let round = 0; round < 200 && !isCollected; round++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(isCollected).toBe(true);
    for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve));
    for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve));
    await drain(pieces);
    expect([outputOf('ask'), partialOf('ask')]).toEqual(['Paris', undefined]);
  });

  it('of a model client that is split in two is recorded once', async () => {
    class ClientStream {
      readonly iterator: () => AsyncIterableIterator<string>;
      constructor(iterator: () => AsyncIterableIterator<string>) {
        this.iterator = iterator;
      }
      [Symbol.asyncIterator]() {
        return this.iterator();
      }
      tee() {
        const source = this.iterator();
        const read: string[] = [];
        const branch = async function* () {
          for (let i = 0; ; i++) {
            if (i === read.length) {
              const { done, value } = await source.next();
              if (done) return;
              read.push(value);
            }
            yield read[i] ?? '';
          }
        };
        return [new ClientStream(branch), new ClientStream(branch)] as const;
      }
    }
    const [left, right] = observe(() => new ClientStream(words), { name: 'ask' })().tee();
    expect([await drain(left), await drain(right)]).toEqual([
      ['Par', 'is'],
      ['Par', 'is'],
    ]);
    expect(outputOf('ask')).toBe('Paris');
  });

  it('with two readers is recorded as the first one reads it', async () => {
    const stream = observe(() => ({ [Symbol.asyncIterator]: words }), { name: 'ask' })();
    const [first, second] = [stream[Symbol.asyncIterator](), stream[Symbol.asyncIterator]()];
    await drain(second);
    expect(spans.all()).toHaveLength(0);
    await drain(first);
    expect(outputOf('ask')).toBe('Paris');
  });

  it('of pages ends with its first page, which is a complete answer', async () => {
    const page = {
      data: ['a', 'b'],
      getPaginatedItems() {
        return this.data;
      },
      async *[Symbol.asyncIterator]() {
        yield* ['a', 'b', 'c'];
      },
    };
    expect(observe(() => page, { name: 'list' })()).toBe(page);
    expect(outputOf('list')).toBe('["a","b"]');
  });

  describe('of a model client that also returns the whole answer', () => {
    class MessageStream {
      readonly #message: Promise<string>;
      constructor(message: Promise<string>) {
        this.#message = message;
      }
      async *[Symbol.asyncIterator]() {
        yield* (await this.#message).split('');
      }
      finalMessage() {
        return this.#message;
      }
    }
    const ask = observe((message: Promise<string>) => new MessageStream(message), { name: 'ask', captureInput: false });

    it('ends with that answer when nobody reads the pieces', async () => {
      expect(await ask(Promise.resolve('Paris')).finalMessage()).toBe('Paris');
      expect(outputOf('ask')).toBe('Paris');
    });

    it('ends with the error when getting the answer fails', async () => {
      await expect(ask(Promise.reject(new Error('overloaded'))).finalMessage()).rejects.toThrow('overloaded');
      expect(spans.named('ask').attributes[SpanAttributeKeys.observationLevel]).toBe('ERROR');
    });

    it.each(['finalText', 'finalContent'] as const)('ends with its text when `%s` is called', async (whole) => {
      const stream = observe(() => ({ [Symbol.asyncIterator]: words, [whole]: async () => 'Paris' }), {
        name: 'ask',
      })();
      expect(await stream[whole]?.()).toBe('Paris');
      expect(outputOf('ask')).toBe('Paris');
    });

    it('stays open until its pieces are read, when a reader reads them', async () => {
      const stream = ask(Promise.resolve('Paris'));
      const pieces = stream[Symbol.asyncIterator]();
      await pieces.next();
      await stream.finalMessage();
      expect(spans.all()).toHaveLength(0);
      await drain(pieces);
      expect(outputOf('ask')).toBe('Paris');
    });
  });
});
