import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { SpanAttributeKeys } from '@powerrag/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { observe } from '../index.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();
afterEach(() => void vi.useRealTimers());

const outputOf = (name: string) => spans.named(name).attributes[SpanAttributeKeys.observationOutput];

/** As the run of an agent library: its streams come from private state, not from its iterator. */
class AgentRun {
  readonly #pieces = ['Par', 'is'];
  async *[Symbol.asyncIterator]() {
    yield* this.#pieces;
  }
  toStream(): AsyncIterable<string> {
    return ReadableStream.from(this.#pieces);
  }
  toTextStream(options?: { node: boolean }): AsyncIterable<string> {
    return options?.node ? Readable.from(this.#pieces) : ReadableStream.from(this.#pieces);
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

  it('ends its observation when `done()` tells the end', async () => {
    await observe(() => new MessageStream(), { name: 'ask' })().done();
    expect(spans.all().map(({ name }) => name)).toEqual(['ask']);
  });

  it('still records the whole answer where that is asked for, which waits for `done()` itself', async () => {
    await observe(() => new MessageStream(), { name: 'ask' })().finalMessage();
    expect(outputOf('ask')).toBe('Paris');
  });
});

it('a queue whose writer calls `done()` before it is read is recorded with what is read', async () => {
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
