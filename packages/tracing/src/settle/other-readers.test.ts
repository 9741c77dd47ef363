import { Readable } from 'node:stream';
import { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { SpanAttributeKeys } from '@powerrag/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { observe } from '../index.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();
afterEach(() => void vi.useRealTimers());

const outputOf = (name: string) => spans.named(name).attributes[SpanAttributeKeys.observationOutput];

/** Like the run of an agent library: its streams come from private state, not from its iterator. */
class AgentRun {
  readonly #pieces = ['Par', 'is'];
  async *[Symbol.asyncIterator]() {
    yield* this.#pieces;
  }
  toStream(): AsyncIterable<string> {
    return NodeReadableStream.from(this.#pieces);
  }
  toTextStream(options?: { node: boolean }): AsyncIterable<string> {
    return options?.node ? Readable.from(this.#pieces) : NodeReadableStream.from(this.#pieces);
  }
}

describe('an async iterable that is read through another method', () => {
  it.each<[string, (run: AgentRun) => AsyncIterable<string>]>([
    ['toStream()', (run) => run.toStream()],
    ['toTextStream()', (run) => run.toTextStream()],
    ['toTextStream() as a Node stream', (run) => run.toTextStream({ node: true })],
  ])('ends its observation at the end of %s, with the pieces as output', async (_name, read) => {
    const run = await observe(async () => new AgentRun(), { name: 'ask' })();
    expect(run).toBeInstanceOf(AgentRun);
    const pieces: string[] = [];
    for await (const piece of read(run)) pieces.push(piece);
    expect(pieces).toEqual(['Par', 'is']);
    expect(outputOf('ask')).toBe('Paris');
  });

  it('ends both observations where an observed function returns what another returned', async () => {
    const inner = observe(async () => new AgentRun(), { name: 'inner' });
    const run = await observe(() => inner(), { name: 'outer' })();
    for await (const _ of run.toTextStream());
    expect([outputOf('inner'), outputOf('outer')]).toEqual(['Paris', 'Paris']);
  });

  it('passes on what the method throws, and can still be read', async () => {
    class Closed extends AgentRun {
      override toStream(): never {
        throw new Error('closed');
      }
    }
    const run = observe(() => new Closed(), { name: 'ask' })();
    expect(() => run.toStream()).toThrow('closed');
    for await (const _ of run);
    expect(outputOf('ask')).toBe('Paris');
  });
});

describe('a model client’s stream whose events are listened to', () => {
  class MessageStream {
    async *[Symbol.asyncIterator]() {
      yield* 'Paris';
    }
    on() {}
    async done() {}
    async finalMessage() {
      await this.done();
      return 'Paris';
    }
  }

  it('ends its observation when `done()` is fulfilled', async () => {
    await observe(() => new MessageStream(), { name: 'ask' })().done();
    expect(spans.all().map(({ name }) => name)).toEqual(['ask']);
  });

  it('still records the whole answer when a method is called for it that itself waits for `done()`', async () => {
    await observe(() => new MessageStream(), { name: 'ask' })().finalMessage();
    expect(outputOf('ask')).toBe('Paris');
  });
});

describe('an object that emits events', () => {
  /** Emits them without a method that could be replaced, as code with private members does. */
  class Told {
    readonly #listeners = new Map<string, Array<() => void>>();
    readonly #end: Promise<void>;
    constructor(outcome: Promise<void> = Promise.resolve()) {
      this.#end = outcome.then(() => this.#listeners.get('end')?.forEach((listener) => void listener()));
      this.#end.catch(() => {});
    }
    async *[Symbol.asyncIterator]() {
      yield* 'Paris';
    }
    on(event: string, listener: () => void) {
      this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
      return this;
    }
    async emitted(_event: string) {
      await this.#end;
      return 'Paris';
    }
    async totalUsage() {
      await this.#end;
      return { total_tokens: 3 };
    }
    async done() {
      await this.#end;
    }
  }

  it.each<[string, (stream: Told) => unknown, string | undefined]>([
    ['`on("end")`', (stream) => new Promise<void>((resolve) => stream.on('end', resolve)), undefined],
    ['`on()` for another event, and is done', (stream) => stream.on('text', () => {}).done(), undefined],
    ['`emitted("end")`', (stream) => stream.emitted('end'), undefined],
    ['`emitted("finalMessage")`', (stream) => stream.emitted('finalMessage'), 'Paris'],
    ['`totalUsage()`', (stream) => stream.totalUsage(), undefined],
  ])('ends its observation where a program waits by %s', async (_way, wait, output) => {
    await wait(observe(() => new Told(), { name: 'ask' })());
    await Promise.resolve();
    expect(outputOf('ask')).toBe(output);
  });

  it('does not end when a program waits for only one of its events', async () => {
    const stream = observe(() => new Told(), { name: 'ask' })();
    await stream.emitted('text');
    expect(spans.all()).toEqual([]);
    for await (const _ of stream);
    expect(outputOf('ask')).toBe('Paris');
  });

  it('fails with the error that the program gets', async () => {
    const stream = observe(() => new Told(Promise.reject(new Error('overloaded'))), { name: 'ask' })();
    await expect(stream.totalUsage()).rejects.toThrow('overloaded');
    expect(spans.named('ask').attributes[SpanAttributeKeys.observationStatusMessage]).toBe('overloaded');
  });
});

describe('a run with a promise `completed`', () => {
  class Run extends AgentRun {
    completed = Promise.resolve();
    get finalOutput() {
      return 'Paris';
    }
  }

  it('ends its observation when that is fulfilled, with the final output', async () => {
    await observe(() => new Run(), { name: 'ask' })().completed;
    expect(outputOf('ask')).toBe('Paris');
  });

  it('is recorded with its pieces when it is read, even if the promise is fulfilled long before', async () => {
    const run = observe(() => new Run(), { name: 'ask' })();
    const pieces = run.toStream()[Symbol.asyncIterator]();
    await pieces.next();
    await run.completed;
    expect(spans.all()).toEqual([]);
    while (!(await pieces.next()).done);
    expect(outputOf('ask')).toBe('Paris');
  });

  it('fails when it is rejected, and the program sees the rejection', async () => {
    class Failed extends AgentRun {
      readonly #failed = Promise.reject(new Error('overloaded'));
      get completed() {
        return this.#failed;
      }
    }
    const run = observe(() => new Failed(), { name: 'ask' })();
    expect(run.completed).toBe(run.completed);
    await expect(run.completed).rejects.toThrow('overloaded');
    expect(spans.named('ask').attributes[SpanAttributeKeys.observationStatusMessage]).toBe('overloaded');
  });
});

describe('a web stream of a subclass with private members', () => {
  class Numbered extends ReadableStream<string> {
    readonly #number = 7;
    get number() {
      return this.#number;
    }
  }
  const numbered = () =>
    new Numbered({
      start(controller) {
        for (const piece of ['Par', 'is']) controller.enqueue(piece);
        controller.close();
      },
    });
  const readAll = async (stream: ReadableStream<string>) => {
    const reader = stream.getReader();
    while (!(await reader.read()).done);
  };

  it.each<[string, (stream: Numbered) => unknown]>([
    ['a reader', readAll],
    [
      'one reader after another',
      async (stream) => {
        const reader = stream.getReader();
        await reader.read();
        reader.releaseLock();
        await readAll(stream);
      },
    ],
    ['a pipe', (stream) => stream.pipeTo(new WritableStream())],
    ['a pipe through another stream', (stream) => readAll(stream.pipeThrough(new TransformStream()))],
    ['two halves', (stream) => Promise.all(stream.tee().map(readAll))],
    [
      '`for await`',
      async (stream) => {
        for await (const _ of stream);
      },
    ],
  ])('is recorded where it is read by %s, by every observation around it', async (_way, read) => {
    const inner = observe(async () => numbered(), { name: 'inner' });
    const stream = await observe(() => inner(), { name: 'outer' })();
    expect(stream.number).toBe(7);
    await read(stream);
    expect([outputOf('inner'), outputOf('outer')]).toEqual(['Paris', 'Paris']);
  });

  it.each<[string, (stream: Numbered) => unknown]>([
    ['cancelled', (stream) => stream.cancel()],
    ['cancelled by its reader', (stream) => stream.getReader().cancel()],
  ])('ends its observation when it is %s', async (_way, cancel) => {
    await cancel(observe(numbered, { name: 'ask' })());
    expect(spans.named('ask').attributes[SpanAttributeKeys.partial]).toBe('cancelled');
  });

  it('fails when the stream fails, whoever reads it', async () => {
    const failing = observe(() => new Numbered({ pull: () => Promise.reject(new Error('cut off')) }), { name: 'ask' });
    await expect(failing().getReader().read()).rejects.toThrow('cut off');
    expect(spans.named('ask').attributes[SpanAttributeKeys.observationStatusMessage]).toBe('cut off');
  });
});

it('a queue whose writer calls `done()` before anyone reads is recorded with what is read', async () => {
  class Queue extends AgentRun {
    done() {}
  }
  const queue = observe(() => new Queue(), { name: 'ask' })();
  queue.done();
  for await (const _ of queue);
  expect(outputOf('ask')).toBe('Paris');
});

describe('an async iterable that nobody reads in a known way', () => {
  it('ends its observation after a minute', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const run = observe(() => new AgentRun(), { name: 'ask' })();
    vi.advanceTimersByTime(59_999);
    expect(spans.all()).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(spans.named('ask').attributes[SpanAttributeKeys.partial]).toBe('abandoned');
    expect(run).toBeInstanceOf(AgentRun);
  });

  it('leaves it open while it is read, however long that takes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const pieces = observe(() => new AgentRun(), { name: 'ask' })()[Symbol.asyncIterator]();
    await pieces.next();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(3_600_000);
    await pieces.next();
    await pieces.next();
    expect(outputOf('ask')).toBe('Paris');
  });
});
