import { trace } from '@opentelemetry/api';
import { SpanAttributeKeys } from '@powerrag/protocol';
import { describe, expect, it, vi } from 'vitest';
import { getActiveSpanId, observe, startActiveObservation, updateActiveObservation } from '../index.js';
import { parentOf, recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();

const inputOf = (name: string) => spans.named(name).attributes[SpanAttributeKeys.observationInput];
const outputOf = (name: string) => spans.named(name).attributes[SpanAttributeKeys.observationOutput];

describe('what is recorded of a call', () => {
  it('no argument as nothing, one as itself, more as an array', () => {
    observe(() => 1, { name: 'none' })();
    observe((a: object) => a, { name: 'one' })({ q: 1 });
    observe((a: number, b: string) => `${a}${b}`, { name: 'two' })(1, 'b');
    expect([inputOf('none'), inputOf('one'), inputOf('two')]).toEqual([undefined, '{"q":1}', '[1,"b"]']);
    expect([outputOf('none'), outputOf('one'), outputOf('two')]).toEqual(['1', '{"q":1}', '1b']);
  });

  it('nothing where capture is off, and what a function says where it is one', () => {
    const login = (user: string, password: string) => ({ user, token: password.length });
    observe(login, { name: 'off', captureInput: false, captureOutput: false })('ann', 'secret');
    observe(login, {
      name: 'chosen',
      captureInput: (user) => ({ user }),
      captureOutput: ({ user }) => user,
    })('ann', 'secret');
    expect([inputOf('off'), outputOf('off')]).toEqual([undefined, undefined]);
    expect([inputOf('chosen'), outputOf('chosen')]).toEqual(['{"user":"ann"}', 'ann']);
  });

  it('a marker where a capture function throws; the call goes on', () => {
    const capture = () => {
      throw new Error('oops');
    };
    expect(observe(() => 5, { name: 'five', captureInput: capture, captureOutput: capture })()).toBe(5);
    expect(outputOf('five')).toBe('[capture failed] [threw: oops]');
  });

  it('the arguments as they were at the call', async () => {
    const messages = ['first'];
    const call = observe(
      async (given: string[]) => {
        given.push('second');
      },
      { name: 'call' },
    );
    await call(messages);
    expect(inputOf('call')).toBe('["first"]');
  });

  it('an output that the function has set itself, rather than what it returns', () => {
    const search = observe(function search() {
      updateActiveObservation({ output: 'three documents' });
      return new Array(1000).fill('document');
    });
    search();
    expect(outputOf('search')).toBe('three documents');
  });

  it('keeps the span open until a promise has settled, with capture off too', async () => {
    const slow = observe(async () => await Promise.resolve(1), { name: 'slow', captureOutput: false });
    const pending = slow();
    expect(spans.all()).toHaveLength(0);
    await pending;
    expect(spans.all()).toHaveLength(1);
  });
});

describe('an observed function is still that function', () => {
  it('with its name, length, properties and prototype', () => {
    const original = Object.assign(
      function greet(a: string, b: string) {
        return a + b;
      },
      { retries: 3 },
    );
    const wrapped = observe(original);
    expect([wrapped.name, wrapped.length, wrapped.retries]).toEqual(['greet', 2, 3]);
    expect(Object.getPrototypeOf(wrapped)).toBe(Function.prototype);
    expect(wrapped('a', 'b')).toBe('ab');
  });

  it('as a method, a static, a bound function, a getter’s function and an arrow', () => {
    class Agent {
      readonly #name = 'agent';
      static readonly #kind = 'class';
      get made() {
        return observe(() => this.#name, { name: 'made' });
      }
      method = observe(function method(this: Agent) {
        return this.#name;
      });
      static fixed = observe(function fixed() {
        return Agent.#kind;
      });
      prototypeMethod() {
        return this.#name;
      }
    }
    const agent = new Agent();
    Agent.prototype.prototypeMethod = observe(Agent.prototype.prototypeMethod);
    expect([agent.method(), Agent.fixed(), agent.made(), agent.prototypeMethod()]).toEqual([
      'agent',
      'class',
      'agent',
      'agent',
    ]);
    expect(observe(agent.prototypeMethod.bind(agent))()).toBe('agent');
    expect(spans.all().map((span) => span.name)).toEqual([
      'method',
      'fixed',
      'made',
      'prototypeMethod',
      'prototypeMethod',
      'bound prototypeMethod',
    ]);
  });

  it('when called with new: it constructs, and nothing is recorded', () => {
    class Tool {
      readonly name: string;
      constructor(name: string) {
        this.name = name;
      }
    }
    const observed: unknown = Reflect.apply(observe, undefined, [Tool]);
    const tool: unknown = typeof observed === 'function' && Reflect.construct(observed, ['a']);
    expect(tool).toBeInstanceOf(Tool);
    expect(tool).toMatchObject({ name: 'a' });
    function Old(this: { made: boolean }) {
      this.made = true;
    }
    const made: unknown = Reflect.construct(observe(Old), []);
    expect(made).toMatchObject({ made: true });
    expect(made).toBeInstanceOf(Old);
    expect(spans.all()).toHaveLength(0);
  });

  it('in recursion, each call under the one that made it', () => {
    const countDown = observe(function countDown(n: number): number {
      return n === 0 ? 0 : countDown(n - 1);
    });
    countDown(2);
    const [inner, middle, outer] = spans.all();
    expect([inner && parentOf(inner), middle && parentOf(middle)]).toEqual([
      middle?.spanContext().spanId,
      outer?.spanContext().spanId,
    ]);
  });

  it('left open with endOnExit: false, for the caller to end, also after a rejection', async () => {
    const open: (() => void)[] = [];
    const failing = observe(
      async function failing() {
        const span = trace.getActiveSpan();
        open.push(() => span?.end());
        throw new Error('x');
      },
      { endOnExit: false },
    );
    await expect(failing()).rejects.toThrow('x');
    expect(spans.all()).toHaveLength(0);
    for (const end of open) end();
    expect(spans.named('failing').attributes[SpanAttributeKeys.observationLevel]).toBe('ERROR');
  });

  it('when it returns another function, which is passed on untouched', () => {
    const add = (b: number) => b + 1;
    expect(observe(() => add)()).toBe(add);
  });

  it.each([[[1]], [new Map()], [new Date()], [new Set([1])], ['text'], [null], [undefined]])(
    'returns the very value it returned: %s',
    (value) => {
      expect(observe(() => value)()).toBe(value);
    },
  );

  it('settles in the same turn of the event loop as the function itself', async () => {
    const order: string[] = [];
    setImmediate(() => order.push('next turn'));
    await observe(async () => await Promise.resolve())();
    order.push('observed');
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual(['observed', 'next turn']);
  });

  it('leaves an unhandled rejection unhandled', async () => {
    const unhandled = vi.fn();
    const listeners = process.rawListeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', unhandled);
    const error = new Error('nobody looks');
    void observe(async () => {
      throw error;
    })();
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.removeListener('unhandledRejection', unhandled);
    for (const listener of listeners) process.on('unhandledRejection', listener as NodeJS.UnhandledRejectionListener);
    expect(unhandled).toHaveBeenCalledOnce();
    expect(unhandled.mock.calls[0]?.[0]).toBe(error);
  });
});

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

  it('of a class of promises keeps its class and its methods', async () => {
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

  describe('with methods that go around `then`, as those of model and database clients do,', () => {
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

    it('`catch` records the error and hands it to the application', async () => {
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

  it('keeps its class through `catch` and `finally` of its own', async () => {
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

  it('of the language keeps what the application has put on it', async () => {
    const cancel = vi.fn();
    const ask = observe(() => Object.assign(Promise.resolve('Paris'), { cancel }), { name: 'ask' });
    const answer = ask();
    answer.cancel();
    expect(cancel).toHaveBeenCalledOnce();
    expect(await answer).toBe('Paris');
    expect(outputOf('ask')).toBe('Paris');
  });
});

it('observe(options) can be applied to functions later', () => {
  const asTool = observe({ asType: 'tool', captureOutput: false });
  asTool(function search() {
    return 1;
  })();
  expect(spans.named('search').attributes).toEqual({ [SpanAttributeKeys.observationType]: 'tool' });
});

it('observe of something else than a function gives it back, with a warning', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const wrong: unknown = Reflect.apply(observe(), undefined, [42]);
  expect(wrong).toBe(42);
  expect(warn.mock.calls[0]?.[0]).toContain('observe() takes a function');
  warn.mockRestore();
});

it('a callback’s generator keeps its observation open, too', () => {
  const generator = startActiveObservation('callback', function* () {
    yield 1;
  });
  expect(spans.all()).toHaveLength(0);
  expect([...generator]).toEqual([1]);
  expect(spans.named('callback').attributes[SpanAttributeKeys.observationOutput]).toBeUndefined();
});
