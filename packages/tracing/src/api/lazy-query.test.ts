import { SpanAttributeKeys } from '@powerrag/protocol';
import { describe, expect, it, vi } from 'vitest';
import { getActiveSpanId, observe, startActiveObservation } from '../index.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();

const outputOf = (name: string) => spans.named(name).attributes[SpanAttributeKeys.observationOutput];

describe('a lazy query, which runs when it is awaited', () => {
  class Query {
    runs = 0;
    readonly #rows = [{ id: 1 }];
    // biome-ignore lint/suspicious/noThenProperty: query builders are thenables.
    then<R>(onFulfilled?: (rows: { id: number }[]) => R): Promise<R | { id: number }[]> {
      this.runs += 1;
      return Promise.resolve(this.#rows).then(onFulfilled);
    }
    where() {
      return this;
    }
  }

  it('runs once, keeps its methods and ends the observation with its rows', async () => {
    const query = new Query();
    const find = observe(() => query, { name: 'find' });
    const returned = find().where();
    expect(returned).toBe(query);
    expect(query.runs).toBe(0);
    expect(await returned).toEqual([{ id: 1 }]);
    expect(query.runs).toBe(1);
    expect(outputOf('find')).toBe('[{"id":1}]');
  });

  it('runs where the observation is active, wherever it is awaited', async () => {
    let activeInThen: string | undefined;
    const find = observe(
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested.
        then(resolve: (value: number) => void) {
          activeInThen = getActiveSpanId();
          resolve(1);
        },
      }),
      { name: 'find' },
    );
    const query = find();
    await startActiveObservation('elsewhere', async () => await query);
    expect(activeInThen).toBe(spans.named('find').spanContext().spanId);
  });

  it('of a subclass of Promise keeps its class and its methods', async () => {
    class ApiPromise<T> extends Promise<T> {
      raw() {
        return 'raw';
      }
    }
    const call = observe(() => ApiPromise.resolve(3) as ApiPromise<number>, { name: 'api' });
    const promise = call();
    expect([promise instanceof ApiPromise, promise.raw()]).toEqual([true, 'raw']);
    expect(await promise).toBe(3);
    expect(outputOf('api')).toBe('3');
  });

  it('that is rejected rejects with the same error', async () => {
    const error = new Error('no table');
    const failing = observe(
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested.
        then: (_resolve: unknown, reject: (error: unknown) => void) => reject(error),
      }),
      { name: 'failing' },
    );
    await expect(Promise.resolve(failing())).rejects.toBe(error);
    expect(spans.named('failing').attributes[SpanAttributeKeys.observationLevel]).toBe('ERROR');
  });

  describe('with methods that bypass `then`, as those of model and database clients do,', () => {
    /** The promises of OpenAI's and Anthropic's clients. */
    class ApiPromise<T> extends Promise<T> {
      #parsed: Promise<T> | undefined;
      readonly #request: Promise<T>;
      constructor(request: Promise<T>) {
        super((resolve) => resolve(null as T));
        this.#request = request;
      }
      parse() {
        this.#parsed ??= this.#request.then((data) => data);
        return this.#parsed;
      }
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested.
      override then<R = T, E = never>(...args: Parameters<typeof Promise.prototype.then<R, E>>) {
        return this.parse().then(...(args as Parameters<Promise<T>['then']>)) as Promise<R | E>;
      }
      override catch<E = never>(no?: ((error: unknown) => E | PromiseLike<E>) | null) {
        return this.parse().catch(no);
      }
      override finally(done?: (() => void) | null) {
        return this.parse().finally(done);
      }
      async withResponse() {
        return { data: await this.parse(), response: 'raw' };
      }
    }
    const ask = observe((request: Promise<string>) => new ApiPromise(request), { name: 'ask', captureInput: false });
    const levelOf = (name: string) => spans.named(name).attributes[SpanAttributeKeys.observationLevel];

    it('`catch` records the error and passes it to the application', async () => {
      const error = new Error('401');
      expect(await ask(Promise.reject(error)).catch((caught) => caught)).toBe(error);
      expect(levelOf('ask')).toBe('ERROR');
    });

    it('`catch` of an answer records the answer', async () => {
      expect(await ask(Promise.resolve('Paris')).catch(() => 'nothing')).toBe('Paris');
      expect(outputOf('ask')).toBe('Paris');
    });

    it('`catch` for some errors only keeps its arguments', async () => {
      const caught: unknown[][] = [];
      const pick = observe(
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested.
        () => ({ then: () => {}, catch: (...args: unknown[]) => void caught.push(args) }),
        { name: 'pick' },
      );
      const handler = () => {};
      pick().catch(TypeError, handler);
      expect(caught).toEqual([[TypeError, handler]]);
    });

    it('`finally` runs once, and passes on the answer', async () => {
      const done = vi.fn();
      expect(await ask(Promise.resolve('Paris')).finally(done)).toBe('Paris');
      expect([outputOf('ask'), done.mock.calls]).toEqual(['Paris', [[]]]);
    });

    it('`finally` runs once, and passes on the error', async () => {
      const done = vi.fn();
      await expect(ask(Promise.reject(new Error('401'))).finally(done)).rejects.toThrow('401');
      expect([levelOf('ask'), done.mock.calls]).toEqual(['ERROR', [[]]]);
    });

    it('`withResponse` records the answer', async () => {
      expect(await ask(Promise.resolve('Paris')).withResponse()).toEqual({ data: 'Paris', response: 'raw' });
      expect(outputOf('ask')).toBe('Paris');
    });

    it('`withResponse` records an error', async () => {
      await expect(ask(Promise.reject(new Error('401'))).withResponse()).rejects.toThrow('401');
      expect(levelOf('ask')).toBe('ERROR');
    });
  });

  it('awaited twice is followed once', async () => {
    const cached = new Query();
    const find = observe(() => cached, { name: 'find' });
    await find();
    await cached;
    expect(spans.all()).toHaveLength(1);
  });

  it('awaited twice gives the rows of the second run the second time', async () => {
    let rows = 0;
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested.
    const count = observe(() => ({ then: (resolve: (rows: number) => void) => resolve(++rows) }), { name: 'count' });
    const query = count();
    expect([await query, await query]).toEqual([1, 2]);
  });

  it('returned a second time by a function that keeps it ends the second observation too', async () => {
    const cached = new Query();
    const find = observe(() => cached, { name: 'find' });
    await find();
    await find();
    expect(spans.all().map((span) => span.ended)).toEqual([true, true]);
  });

  it('calls handlers where `then` was called, not where the observation is active', async () => {
    const find = observe(() => new Query(), { name: 'find' });
    const query = find();
    const seen = await startActiveObservation('reader', () => query.then(() => getActiveSpanId()));
    expect(seen).toBe(spans.named('reader').spanContext().spanId);
  });

  it('keeps its class through its own `catch` and `finally`', async () => {
    class Chain<T> {
      readonly #promise: Promise<T>;
      constructor(promise: Promise<T>) {
        this.#promise = promise;
      }
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested.
      then(...handlers: Parameters<Promise<T>['then']>) {
        return new Chain(this.#promise.then(...handlers));
      }
      catch(handler: () => T) {
        return new Chain(this.#promise.catch(handler));
      }
      finally(handler: () => void) {
        return new Chain(this.#promise.finally(handler));
      }
    }
    const ask = observe((answer: Promise<string>) => new Chain(answer), { name: 'ask', captureInput: false });
    const caught = ask(Promise.reject(new Error('401'))).catch(() => 'nothing');
    const done = ask(Promise.resolve('Paris')).finally(() => {});
    expect([caught, done]).toEqual([expect.any(Chain), expect.any(Chain)]);
    expect([await caught, await done]).toEqual(['nothing', 'Paris']);
    expect(spans.all().map((span) => span.ended)).toEqual([true, true]);
  });

  it.each(['exec', 'execute'] as const)('ends with the rows of its `%s`, too', async (run) => {
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested.
    const query = { [run]: async () => [1], then: () => {} };
    const find = observe(() => query, { name: 'find' });
    expect(await find()[run]?.()).toEqual([1]);
    expect(outputOf('find')).toBe('[1]');
  });

  it('can be iterated instead, as the cursors of databases are', async () => {
    const rows = {
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested.
      then: () => {},
      async *[Symbol.asyncIterator]() {
        yield 1;
        yield 2;
      },
    };
    const seen: number[] = [];
    for await (const row of observe(() => rows, { name: 'find' })()) seen.push(row);
    expect(seen).toEqual([1, 2]);
    expect(outputOf('find')).toBe('[1,2]');
  });

  it('that is a native promise keeps the properties that the application has set on it', async () => {
    const cancel = vi.fn();
    const ask = observe(() => Object.assign(Promise.resolve('Paris'), { cancel }), { name: 'ask' });
    const answer = ask();
    answer.cancel();
    expect(cancel).toHaveBeenCalledOnce();
    expect(await answer).toBe('Paris');
    expect(outputOf('ask')).toBe('Paris');
  });
});
