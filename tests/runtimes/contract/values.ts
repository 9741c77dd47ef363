import { configureTracing, SpanAttributeKeys as Keys, startObservation } from '@powerrag/tracing';
import type { Checks } from './contract.js';
import { type Recorded, same } from './recorded.js';

/** What is recorded of a value that is given as input. */
function recordedInput(recorded: Recorded, name: string, input: unknown): string {
  startObservation(name, { input }).end();
  return String(recorded.attribute(name, Keys.observationInput));
}

export const values: Checks = {
  'a value is recorded as it was when it was given': {
    run(recorded) {
      const messages = [{ role: 'user', content: 'Why?' }];
      const observation = startObservation('chat', { input: messages });
      messages.push({ role: 'assistant', content: 'Because.' });
      observation.end();
      same(recorded.attribute('chat', Keys.observationInput), '[{"role":"user","content":"Why?"}]');
    },
  },
  'what JSON cannot say is recorded as text or as a marker': {
    run(recorded) {
      const cycle: Record<string, unknown> = { name: 'cycle' };
      cycle.self = cycle;
      class Custom {
        #hidden = 1;
        get broken(): never {
          throw new Error(`getter ${this.#hidden}`);
        }
      }
      const text = recordedInput(recorded, 'values', {
        cycle,
        bigint: 2n ** 64n,
        symbol: Symbol('s'),
        function: function named() {},
        map: new Map([['a', 1]]),
        set: new Set(['b']),
        date: new Date(0),
        invalid: new Date(Number.NaN),
        bytes: new Uint8Array(3),
        infinite: Number.POSITIVE_INFINITY,
        pattern: /x/g,
        custom: new Custom(),
        nothing: undefined,
      });
      same(JSON.parse(text), {
        cycle: { name: 'cycle', self: '[Circular]' },
        bigint: '18446744073709551616',
        symbol: '[Symbol(s)]',
        function: '[Function: named]',
        map: { a: 1 },
        set: ['b'],
        date: '1970-01-01T00:00:00.000Z',
        invalid: '[Invalid Date]',
        bytes: '[Uint8Array: 3 bytes]',
        infinite: 'Infinity',
        pattern: '/x/g',
        custom: '[Custom]',
      });
    },
  },
  'a getter is not called, and a toJSON that throws is marked': {
    run(recorded) {
      const revoked = Proxy.revocable({}, {});
      revoked.revoke();
      const text = recordedInput(recorded, 'throwing', {
        before: 1,
        get getter(): never {
          throw new Error('getter');
        },
        json: {
          toJSON(): never {
            throw new Error('toJSON');
          },
        },
        revoked: revoked.proxy,
        after: 2,
      });
      const { revoked: ofProxy, ...rest } = JSON.parse(text);
      same(rest, { before: 1, getter: '[Getter]', json: '[threw: toJSON]', after: 2 });
      same(/^\[threw.*\]$/.test(ofProxy), true);
    },
  },
  'an Error is recorded with name, message, stack and cause': {
    run(recorded) {
      const text = recordedInput(recorded, 'error', new TypeError('outer', { cause: new Error('inner') }));
      const { name, message, stack, cause } = JSON.parse(text);
      same([name, message, typeof stack, cause.message], ['TypeError', 'outer', 'string', 'inner']);
    },
  },
  'a value 100,000 levels deep is cut with a marker': {
    run(recorded) {
      let deep: unknown = 'bottom';
      for (let level = 0; level < 100_000; level++) deep = [deep];
      same(recordedInput(recorded, 'deep', deep).includes('[truncated: deeper than 100 levels]'), true);
    },
  },
  'a text over the limit is cut with a marker that says how long it was': {
    run(recorded) {
      same(recordedInput(recorded, 'long', 'x'.repeat(5_000_000)).length < 1_050_000, true);
      configureTracing({ maxValueLength: 10 });
      same(recordedInput(recorded, 'short limit', 'abcdefghijklmnop'), 'abcdefghij[truncated: 6 of 16 characters]');
    },
  },
  'lone surrogates are recorded as U+FFFD': {
    run(recorded) {
      same(recordedInput(recorded, 'surrogate', 'a\ud800b'), 'a\ufffdb');
    },
  },
};
