import { trace } from '@opentelemetry/api';
import { SpanAttributeKeys } from '@powerrag/protocol';
import { describe, expect, it, vi } from 'vitest';
import { observe, startActiveObservation, updateActiveObservation } from '../index.js';
import { parentOf, recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();

const inputOf = (name: string) => spans.named(name).attributes[SpanAttributeKeys.observationInput];
const outputOf = (name: string) => spans.named(name).attributes[SpanAttributeKeys.observationOutput];

describe('what is recorded of a call', () => {
  it('nothing for no argument, a single argument as itself, more as an array', () => {
    observe(() => 1, { name: 'none' })();
    observe((a: object) => a, { name: 'one' })({ q: 1 });
    observe((a: number, b: string) => `${a}${b}`, { name: 'two' })(1, 'b');
    expect([inputOf('none'), inputOf('one'), inputOf('two')]).toEqual([undefined, '{"q":1}', '[1,"b"]']);
    expect([outputOf('none'), outputOf('one'), outputOf('two')]).toEqual(['1', '{"q":1}', '1b']);
  });

  it('nothing if capture is off, and what the capture function returns if it is a function', () => {
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

  it('a marker if a capture function throws; the call continues', () => {
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

  it('keeps the span open until a promise has settled, also with capture off', async () => {
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
    'returns the same value: %s',
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

it('observe(options) can be applied to functions later', () => {
  const asTool = observe({ asType: 'tool', captureOutput: false });
  asTool(function search() {
    return 1;
  })();
  expect(spans.named('search').attributes).toEqual({ [SpanAttributeKeys.observationType]: 'tool' });
});

it('observe of anything but a function returns it unchanged, with a warning', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const wrong: unknown = Reflect.apply(observe(), undefined, [42]);
  expect(wrong).toBe(42);
  expect(warn.mock.calls[0]?.[0]).toContain('observe() takes a function');
  warn.mockRestore();
});

it('a callback’s generator also keeps its observation open', () => {
  const generator = startActiveObservation('callback', function* () {
    yield 1;
  });
  expect(spans.all()).toHaveLength(0);
  expect([...generator]).toEqual([1]);
  expect(spans.named('callback').attributes[SpanAttributeKeys.observationOutput]).toBeUndefined();
});
