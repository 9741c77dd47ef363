import { describe, expect, it } from 'vitest';
import {
  clockBetween,
  costColumn,
  formatBytes,
  formatCompact,
  formatCost,
  formatDuration,
  formatOffset,
  formatRelative,
  formatShortDuration,
  formatTokens,
  offsetWithin,
  plural,
} from './format.js';

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [0.25, '0.25 ms'],
    [340.4, '340 ms'],
    [999.6, '1.00 s'],
    [1240, '1.24 s'],
    [9996, '10.0 s'],
    [59_960, '1 min'],
    [125_000, '2 min 5 s'],
    [3_599_700, '1 h'],
    [12_000_000, '3 h 20 min'],
    [187_200_000, '2 d 4 h'],
  ])('%d ms reads %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('formatOffset', () => {
  it.each([
    [0, '0:00.0'],
    [7_399, '0:07.3'],
    [725_000, '12:05.0'],
    [3_725_000, '1:02:05.0'],
    [-5, '0:00.0'],
  ])('%d ms reads %s', (ms, text) => expect(formatOffset(ms)).toBe(text));

  it('a tenth is shown once it is reached, in spite of binary fractions', () => {
    expect(formatOffset(0.1 + 0.2 + 299.7)).toBe('0:00.3');
  });

  it('tells apart what is milliseconds apart in a session that is over in a moment', () => {
    expect([4, 38].map(offsetWithin(340))).toEqual(['0:00.004', '0:00.038']);
    expect([4, 38_200].map(offsetWithin(60_000))).toEqual(['0:00.0', '0:38.2']);
  });
});

describe('formatCost', () => {
  it.each([
    [null, '–'],
    [0, '$0.00'],
    [0.00002, '< $0.0001'],
    [0.01234, '$0.0123'],
    [0.999, '$1.00'],
    [12.4, '$12.40'],
    [1234.5, '$1,234.50'],
  ])('%d reads %s', (usd, text) => expect(formatCost(usd)).toBe(text));
});

describe('short counts', () => {
  it.each([
    [950, '950'],
    [1_000, '1k'],
    [1_240, '1.2k'],
    [34_200, '34k'],
    [999_600, '1M'],
    [1_240_000, '1.2M'],
  ])('%d reads %s', (count, text) => expect(formatCompact(count)).toBe(text));

  it.each([
    [0, '0 tokens'],
    [1, '1 token'],
    [9_400, '9.4k tokens'],
  ])('%d tokens read %s', (count, text) => expect(formatTokens(count)).toBe(text));

  it('bytes keep one decimal', () => expect(formatBytes(3_420)).toBe('3.4 kB'));
  it('one thing is singular', () =>
    expect([plural(1, 'trace'), plural(1_200, 'trace')]).toEqual(['1 trace', '1,200 traces']));
});

describe('formatRelative', () => {
  const now = Date.UTC(2026, 0, 10);
  it.each([
    [20_000, 'just now'],
    [-5_000, 'just now'],
    [240_000, '4 min ago'],
    [3 * 3_600_000, '3 h ago'],
    [2 * 86_400_000, '2 d ago'],
  ])('%d ms before now reads %s', (ago, text) => expect(formatRelative(now - ago, now)).toBe(text));

  it('a week later it is the date', () => expect(formatRelative(Date.UTC(2025, 5, 15, 12), now)).toContain('2025'));
});

describe('a time that a wrong clock puts in the future', () => {
  const now = Date.UTC(2026, 5, 1, 12);
  it.each([
    [30_000, 'just now'],
    [5 * 60_000, 'in 5 min'],
    [23 * 3_600_000, 'in 23 h'],
    [3 * 86_400_000, 'in 3 d'],
  ])('%d ms ahead reads %s', (ahead, text) => expect(formatRelative(now + ahead, now)).toBe(text));
});

describe('the costs of a column', () => {
  it('are as long behind the point as the one that has most decimals', () => {
    expect([12.4, 0.0123, 0, 1234.5].map(costColumn([12.4, 0.0123, 0]))).toEqual([
      '$12.40\u2007\u2007',
      '$0.0123',
      '$0.00\u2007\u2007',
      '$1,234.50\u2007\u2007',
    ]);
    expect([12.4, 0, null].map(costColumn([12.4, 0, null]))).toEqual(['$12.40', '$0.00', '–']);
    expect(costColumn([0.00001])(0.00001)).toBe('< $0.0001');
  });
});

describe('formatShortDuration', () => {
  it.each([
    [45_000, '45s'],
    [59_600, '1m'],
    [34 * 60_000, '34m'],
    [5.2 * 3_600_000, '5h'],
    [75 * 3_600_000, '3d'],
  ])('%d ms reads %s', (ms, text) => expect(formatShortDuration(ms)).toBe(text));
});

describe('the clock of a session', () => {
  const noon = new Date(2026, 10, 28, 12).getTime();
  it('names the day only where a session goes over more than one', () => {
    expect(clockBetween(noon, noon + 1000)(noon)).not.toContain('28');
    expect(clockBetween(noon, noon + 86_400_000)(noon)).toContain('28');
  });
});
