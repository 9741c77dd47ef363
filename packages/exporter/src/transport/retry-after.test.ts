import { expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.js';

const now = Date.parse('2026-11-24T12:00:00Z');

it.each([
  ['20', 20_000],
  ['0', 0],
  ['1', 1_000],
  ['-5', 0],
  ['1000000000', 300_000],
  ['Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
  ['Tuesday, 24-Nov-26 12:00:30 GMT', 30_000],
  ['Tue Nov 24 12:00:30 2026 GMT', 30_000],
  ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
  ['Tue, 24 Nov 2099 11:00:00 GMT', 300_000],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
  [['7', '9'], 7_000],
  ['2026', 300_000],
  ['12 monkeys', undefined],
])('a Retry-After of %j is a wait of %j ms (E24)', (header, expected) => {
  expect(retryAfterMs(header, now)).toBe(expected);
});
