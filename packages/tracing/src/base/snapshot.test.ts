import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { configureTracing } from '../index.js';
import { forgetSetUp } from '../testing/recorded-spans.js';
import { snapshot } from './snapshot.js';

afterEach(forgetSetUp);

const parsed = (value: unknown): unknown => JSON.parse(snapshot(value) ?? 'undefined');

describe('a snapshot', () => {
  it('of a string is that string', () => {
    expect(snapshot('{"a":1}')).toBe('{"a":1}');
    expect(snapshot('')).toBe('');
  });

  it('of nothing is nothing', () => {
    expect(snapshot(undefined)).toBeUndefined();
    expect(snapshot(null)).toBeUndefined();
  });
});

it('a value whose toJSON records another value leaves both whole', () => {
  let inner: string | undefined;
  const value = {
    before: 1,
    money: {
      toJSON() {
        inner = snapshot({ list: [{ toJSON: () => snapshot({ deep: 'x' }) }], text: 'y'.repeat(100) });
        return { amount: 2 };
      },
    },
    after: [3],
  };
  expect(parsed(value)).toEqual({ before: 1, money: { amount: 2 }, after: [3] });
  expect(inner).toBe(`{"list":["{\\"deep\\":\\"x\\"}"],"text":"${'y'.repeat(100)}"}`);
});

describe('what JSON cannot express is converted or marked', () => {
  class Point {
    readonly x = 1;
    readonly #hidden = 2;
    sum() {
      return this.x + this.#hidden;
    }
  }
  class Empty {}

  it.each<[string, unknown, unknown]>([
    ['a BigInt', { id: 9007199254740993n }, { id: '9007199254740993' }],
    ['NaN and the infinities', [Number.NaN, -Infinity], ['NaN', '-Infinity']],
    ['a symbol', [Symbol('s')], ['[Symbol(s)]']],
    ['a function', { run: function go() {} }, { run: '[Function: go]' }],
    ['a Map of names', new Map([['a', 1n]]), { a: '1' }],
    ['a Map of objects', new Map([[{ k: 1 }, 2]]), [[{ k: 1 }, 2]]],
    ['a Set', new Set([1, 'a']), [1, 'a']],
    ['a boxed string', [new String('boxed')], ['boxed']],
    ['a Blob', [new Blob(['abc'])], ['[Blob: 3 bytes]']],
    [
      'a field that is named byteLength',
      { file: { name: 'f', byteLength: 3 }, id: 1n },
      { file: { name: 'f', byteLength: 3 }, id: '1' },
    ],
    ['a Date', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['a Date beside a Set', [new Date(0), new Set()], ['1970-01-01T00:00:00.000Z', []]],
    ['an invalid Date', [new Date(Number.NaN)], ['[Invalid Date]']],
    ['a typed array', [new Float32Array(3)], ['[Float32Array: 12 bytes]']],
    ['a Buffer', [Buffer.from('abcd')], ['[Buffer: 4 bytes]']],
    ['an ArrayBuffer', [new ArrayBuffer(8)], ['[ArrayBuffer: 8 bytes]']],
    ['an instance of a class', new Point(), { x: 1 }],
    ['an instance without fields', [new Empty()], ['[Empty]']],
    ['a promise', [Promise.resolve(1)], ['[Promise]']],
    ['a regular expression', [/a+/g], ['/a+/g']],
    ['a URL', new Set([new URL('http://a.test/b')]), ['http://a.test/b']],
    [
      'a key named __proto__',
      JSON.parse('{"__proto__":{"a":1},"b":[null]}'),
      JSON.parse('{"__proto__":{"a":1},"b":[null]}'),
    ],
    ['undefined in a list', new Set([undefined, 1]), [null, 1]],
  ])('%s', (_name, value, said) => {
    expect(parsed(value)).toEqual(said);
  });

  it('an error, with its stack, its cause and its own fields', () => {
    const error = Object.assign(new Error('outer', { cause: new TypeError('inner') }), { code: 'E1' });
    expect(parsed({ error })).toEqual({
      error: {
        name: 'Error',
        message: 'outer',
        stack: error.stack,
        code: 'E1',
        cause: expect.objectContaining({ name: 'TypeError', message: 'inner' }),
      },
    });
  });

  it('a cycle', () => {
    const parent: { name: string; children: unknown[] } = { name: 'p', children: [] };
    parent.children.push({ parent });
    expect(parsed(parent)).toEqual({ name: 'p', children: [{ parent: '[Circular]' }] });
  });

  it('an object met twice, which is not a cycle', () => {
    const shared = { a: 1n };
    expect(parsed([shared, shared])).toEqual([{ a: '1' }, { a: '1' }]);
  });

  it('a getter, a toJSON that throws and a proxy that throws, beside the rest', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const value = {
      fine: 1,
      get broken() {
        throw new Error('no');
      },
      date: {
        toJSON() {
          throw new Error('nor this');
        },
      },
      proxy,
    };
    expect(parsed(value)).toEqual({
      fine: 1,
      broken: '[Getter]',
      date: '[threw: nor this]',
      proxy: expect.stringContaining('revoked'),
    });
    expect(snapshot(proxy)).toContain('revoked');
  });

  it('nothing of a toJSON that a library has put on the classes of the language', () => {
    const added = { configurable: true, value: () => 'from the library' };
    Object.defineProperty(Array.prototype, 'toJSON', added);
    Object.defineProperty(String.prototype, 'toJSON', added);
    try {
      expect(snapshot({ list: ['text', 1] })).toBe('{"list":["text",1]}');
    } finally {
      Reflect.deleteProperty(Array.prototype, 'toJSON');
      Reflect.deleteProperty(String.prototype, 'toJSON');
    }
  });

  it('an error whose message throws', () => {
    const hostile = Object.create(Error.prototype, {
      message: {
        get() {
          throw new Error('gotcha');
        },
      },
    });
    expect(snapshot(hostile)).toContain('[threw: gotcha]');
  });

  it('lone surrogates', () => {
    expect(snapshot('a\uD800b')).toBe('a\uFFFDb');
    expect(snapshot({ a: '\uD800' })).toBe('{"a":"\\ud800"}');
  });
});

describe('a snapshot is bounded', () => {
  it('100,000 levels deep: the first 100 are recorded', () => {
    let deep: unknown = 'bottom';
    for (let i = 0; i < 1e5; i++) deep = [deep];
    const text = String(snapshot(deep));
    expect(text).toContain('[truncated: deeper than 100 levels]');
    expect(text.length).toBeLessThan(300);
  });

  it('50 million characters: a marker tells how many were cut', () => {
    const text = String(snapshot('x'.repeat(5e7)));
    expect(text).toHaveLength(1_048_576 + '[truncated: 48951424 of 50000000 characters]'.length);
    expect(text.endsWith('[truncated: 48951424 of 50000000 characters]')).toBe(true);
    expect(snapshot({ text: 'x'.repeat(5e7) })).toContain(' of 50000000 characters]');
  });

  it('a long list and a wide object tell how many entries were cut', () => {
    configureTracing({ maxValueLength: 100 });
    expect(snapshot(new Array(1_000).fill(1))).toMatch(/"\[truncated: \d+ of 1000 items\]"\]$/);
    const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`k${i}`, i]));
    expect(snapshot(wide)).toMatch(/"\[truncated\]":"\d+ of 1000 keys"\}$/);
  });

  it('a Map and a Set are read no further than there is room, and tell how many entries were cut', () => {
    configureTracing({ maxValueLength: 100 });
    const map = new Map(Array.from({ length: 1e5 }, (_, i) => [`k${i}`, 1]));
    expect(snapshot(map)).toMatch(/"\[truncated\]":"\d+ of 100000 keys"\}$/);
    expect(snapshot(new Set(Array.from({ length: 1e5 }, (_, i) => i)))).toMatch(
      /"\[truncated: \d+ of 100000 items\]"\]$/,
    );
  });

  it('a Set of short texts is recorded up to the limit, without gaps', () => {
    configureTracing({ maxValueLength: 40 });
    expect(snapshot(new Set('abcdefghijklmnopqrst'))).toBe(
      '["a","b","c","d","e","f","g","h","i","j","k","l","[truncated: 8 of 20 items]"]',
    );
  });

  it('an object graph that doubles at each level does not run away', () => {
    let doubled: object = {};
    for (let i = 0; i < 60; i++) doubled = { left: doubled, right: doubled };
    configureTracing({ maxValueLength: 10_000 });
    expect(String(snapshot(doubled)).length).toBeLessThan(200_000);
  });

  it('a cut leaves no half of a surrogate pair', () => {
    configureTracing({ maxValueLength: 2 });
    expect(snapshot('a😀b')).toBe('a[truncated: 3 of 4 characters]');
  });

  it('any value whatever, to within a few markers of the limit', () => {
    configureTracing({ maxValueLength: 500 });
    fc.assert(
      fc.property(fc.anything({ maxDepth: 6, withBigInt: true, withMap: true, withSet: true }), (value) => {
        expect((snapshot(value) ?? '').length).toBeLessThan(20_000);
      }),
    );
  });
});
