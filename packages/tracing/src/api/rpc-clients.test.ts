import { createORPCClient } from '@orpc/client';
import { createBirpc } from 'birpc';
import { wrap } from 'comlink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { snapshot } from '../base/snapshot.js';
import {
  createObservationAttributes,
  createTraceAttributes,
  createTraceId,
  observe,
  propagateAttributes,
  startActiveObservation,
  startObservation,
} from '../index.js';
import { ATTRIBUTE_NAMES } from '../testing/hostile-values.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();
const untyped = (fn: (...args: never[]) => unknown, ...args: unknown[]): unknown => Reflect.apply(fn, undefined, args);

/** What a client was made to send, in its library's own format. */
let sent: unknown[] = [];
const send = (call: unknown): void => {
  sent.push(call);
};
/** Fails like a call of an unknown procedure. Nobody handles the rejection, so it would end the process. */
const call = async (path: unknown): Promise<never> => {
  send(path);
  throw new Error(`no such procedure: ${String(path)}`);
};

/** A client that knows no procedures: every property read on it is a procedure, except `then`. */
const anyName = (target: object, path = 'api', traps: ProxyHandler<object> = {}): object =>
  new Proxy(target, {
    get: (_target, key) =>
      key === 'then' || typeof key === 'symbol' ? undefined : anyName(() => call(path), `${path}.${key}`, traps),
    apply: () => call(path),
    ...traps,
  });

const CLIENTS: readonly [name: string, connect: () => unknown][] = [
  ['Comlink', () => wrap({ postMessage: send, addEventListener() {}, removeEventListener() {} })],
  [
    'a procedure of Comlink',
    () => {
      const api = wrap<{ user: unknown }>({ postMessage: send, addEventListener() {}, removeEventListener() {} });
      return api.user;
    },
  ],
  ['oRPC', () => createORPCClient({ call })],
  ['birpc', () => createBirpc({}, { post: send, on() {}, timeout: -1 })],
  ['a function proxy', () => anyName(() => call('api'))],
  ['an object proxy', () => anyName({})],
  ['a proxy that has every name', () => anyName({}, 'api', { has: () => true })],
  ['a proxy whose properties are calls', () => new Proxy({}, { get: (_target, key) => call(key) })],
  [
    'a proxy whose properties are calls, `then` as well, that has every name',
    () => new Proxy({}, { get: (_target, key) => call(key), has: () => true }),
  ],
  ['a proxy of a list', () => anyName([1, 2])],
  ['a proxy of a Map', () => anyName(new Map([['a', 1]]))],
  ['a proxy of a Date', () => anyName(new Date())],
  ['a proxy of an error', () => anyName(new Error('no'))],
  ['a proxy of a promise', () => anyName(Promise.resolve(1))],
  ['a client as a prototype', () => Object.create(anyName({}))],
  [
    'an instance of a class under a client',
    () =>
      new (class Service {
        api = anyName({});
      })(),
  ],
  [
    'a lazy relation',
    () => Object.defineProperty({ id: 1 }, 'author', { enumerable: true, get: () => call('author') }),
  ],
  [
    'a class of lazy relations',
    () => Object.defineProperty(new (class Post {})(), 'author', { enumerable: true, get: () => call('author') }),
  ],
  ['a bound remote toJSON', () => ({ toJSON: call.bind(undefined, 'toJSON') })],
  [
    'an async toJSON',
    () => ({
      toJSON: () => call('toJSON'),
      async toString() {
        return call('toString');
      },
    }),
  ],
  [
    'a Map that loads its entries',
    () =>
      new (class extends Map {
        override get size(): never {
          send('size');
          throw new Error('size');
        }
        override [Symbol.iterator](): never {
          send('iterator');
          throw new Error('iterator');
        }
        override entries(): never {
          send('entries');
          throw new Error('entries');
        }
      })(),
  ],
  [
    'remote methods under names that we look for',
    () =>
      Object.fromEntries(
        ['toString', 'valueOf', 'toISOString', 'getTime', 'flat', 'name', 'message'].map((key) => [
          key,
          () => call(key),
        ]),
      ),
  ],
];

/** Called only because the application has defined it; even so, its promise must not end the process. */
const CALLED = ['an async toJSON'];

const rejections: unknown[] = [];
const onRejection = (error: unknown): void => {
  rejections.push(error);
};

const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
beforeEach(() => {
  sent = [];
  rejections.length = 0;
  process.on('unhandledRejection', onRejection);
});
afterEach(() => {
  process.off('unhandledRejection', onRejection);
  warn.mockClear();
});

/** Waits until the process has reported unhandled rejections. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe.each(CLIENTS)('%s', (name, connect) => {
  const nothingHappened = async (): Promise<void> => {
    await settle();
    expect(rejections).toEqual([]);
    if (!CALLED.includes(name)) expect(sent).toEqual([]);
  };

  it('in the arguments and the result of an observed function is not called', async () => {
    const client = connect();
    class Context {
      readonly api = client;
    }
    const answer = observe(
      async (..._args: unknown[]) => ({ text: 'done', client, list: [client], map: new Map([['client', client]]) }),
      { name: 'answer', asType: 'generation' },
    );
    await answer(client, { user: 'u1', api: client }, new Set([client]), new Context(), new Map([[client, client]]));
    const { attributes } = spans.named('answer');
    expect(attributes['langfuse.observation.input']).toContain('"user":"u1"');
    expect(attributes['langfuse.observation.output']).toContain('"text":"done"');
    await nothingHappened();
  });

  it('as the result, a stream’s piece, or an error of an observed function is not called', async () => {
    const client = connect();
    const isPromise = client instanceof Promise;
    if (!isPromise) expect(observe(() => client, { name: 'plain' })()).toBe(client);
    const pieces = observe(
      function* () {
        yield client;
        yield { choices: [{ delta: client }], response: client, usage: client };
      },
      { name: 'pieces', asType: 'generation' },
    );
    expect([...pieces()][0]).toBe(client);
    const failing = (error: unknown) =>
      observe(
        () => {
          throw error;
        },
        { name: 'failing' },
      );
    for (const error of [client, Object.assign(new Error('no', { cause: client }), { client, signal: client })]) {
      let caught: unknown;
      try {
        failing(error)();
      } catch (thrown) {
        caught = thrown;
      }
      expect(caught === error).toBe(true);
    }
    const captured = observe(() => 1, {
      name: 'captured',
      captureInput: () => client,
      captureOutput: async () => {
        throw new Error('an async capture');
      },
    });
    captured();
    expect(spans.named('captured').ended).toBe(true);
    await nothingHappened();
  });

  it('in place of any text, number, time or id is not called', async () => {
    const client = connect();
    for (const field of FIELDS) {
      const attributes = { [field]: client };
      untyped(createObservationAttributes, 'generation', attributes);
      untyped(createTraceAttributes, attributes);
      untyped(startObservation, client, attributes, { asType: client, startTime: client, parentSpanContext: client });
      untyped(startActiveObservation, client, () => 1, attributes);
      untyped(propagateAttributes, attributes, () => 1);
      untyped(observe, () => 1, { [field]: client });
    }
    untyped(createObservationAttributes, 'generation', { prompt: { name: client, version: client } });
    untyped(createObservationAttributes, 'generation', {
      usageDetails: { input: client, prompt_tokens_details: client },
    });
    untyped(createObservationAttributes, 'generation', { metadata: { client }, modelParameters: { client } });
    untyped(
      propagateAttributes,
      { metadata: { client }, tags: [client, 'a'], prompt: { name: 'n', version: client } },
      () => 1,
    );
    untyped(propagateAttributes, { tags: client, metadata: client, asBaggage: true }, () => 1);
    const observation = startObservation('times');
    untyped(observation.end.bind(observation), client);
    untyped(
      startObservation,
      'parts of times',
      {},
      { startTime: [client, client], parentSpanContext: { traceId: client } },
    );
    await untyped(createTraceId, client);
    await nothingHappened();
  });

  it('can be observed itself, and only the application’s call is sent', async () => {
    const client = connect();
    if (typeof client !== 'function') return;
    const observed = observe(client as (id: number) => Promise<unknown>);
    void Promise.resolve(observed(7)).catch(() => {});
    await settle();
    expect(sent).toHaveLength(1);
    expect(rejections).toEqual([]);
  });
});

const FIELDS = [...ATTRIBUTE_NAMES, 'asType', 'startTime', 'parentSpanContext', 'endOnExit'];

describe('what a snapshot touches', () => {
  it('of a proxy is what any listing of properties touches: none is read through it, none is called', () => {
    const touched: PropertyKey[] = [];
    const watched = (target: object): object =>
      new Proxy(
        target,
        Object.fromEntries(
          Reflect.ownKeys(Reflect).map((trap) => [
            trap,
            (...args: unknown[]) => {
              touched.push(trap as string);
              return Reflect.apply(Reflect.get(Reflect, trap), Reflect, args);
            },
          ]),
        ),
      );
    const value = watched({ a: 1, list: watched([1, watched(() => 1)]), date: watched({ toJSON: undefined }) });
    expect(snapshot(value)).toBe('{"a":1,"list":[1,"[Function]"],"date":{}}');
    expect([...new Set(touched)].sort()).toEqual(['getOwnPropertyDescriptor', 'getPrototypeOf', 'ownKeys']);
  });

  it('is a toJSON that exists on the object or its class', () => {
    class Money {
      readonly #cents = 150;
      toJSON() {
        return `${this.#cents} cents`;
      }
    }
    const own = { toJSON: () => 'own' };
    expect(snapshot([new Money(), own, new URL('https://a.test/')])).toBe('["150 cents","own","https://a.test/"]');
  });

  it('is what such a toJSON loads, too, and its failure is nobody else’s', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    class Author {
      toJSON() {
        return { name: 'Ann', posts: Promise.reject(new Error('no connection')) };
      }
    }
    expect(snapshot([new Author()])).toBe('[{"name":"Ann","posts":"[Promise]"}]');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('is the message of an error of a class that computes it', () => {
    class Invalid extends Error {
      readonly issues = ['no email'];
      override get message() {
        return JSON.stringify(this.issues);
      }
    }
    expect(snapshot(new Invalid())).toContain('no email');
  });

  it('is not a getter of the application', () => {
    const total = vi.fn(() => 3);
    expect(snapshot(Object.defineProperty({ items: 2 }, 'total', { enumerable: true, get: total }))).toBe(
      '{"items":2,"total":"[Getter]"}',
    );
    expect(total).not.toHaveBeenCalled();
  });
});
