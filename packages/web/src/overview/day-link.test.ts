import type { OverviewRow } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { everyDay, onDay } from './day-link.js';

const figures = { sessionCount: 1, userCount: 1, failedSessionCount: 0, errorCount: 0, totalTokens: 0 };
const row = (value: string): OverviewRow => ({
  ...{ value, ...figures, totalCost: null, latencyP50Ms: null, latencyP95Ms: null },
});

describe('days of the overview', () => {
  it('leave none out between the first and the last', () => {
    const days = everyDay([row('2026-02-27'), row('2026-03-02')]);
    expect(days.map(({ day, row }) => [day, row !== null])).toEqual([
      ['2026-02-27', true],
      ['2026-02-28', false],
      ['2026-03-01', false],
      ['2026-03-02', true],
    ]);
  });
  it('are the latest sixty', () => {
    const days = everyDay([row('2025-01-01'), row('2026-03-02')]);
    expect([days.length, days.at(-1)?.day]).toEqual([60, '2026-03-02']);
  });
  it('lead to the sessions that start on them, beside what the list is narrowed to', () => {
    expect(onDay({ tag: ['a'] }, '2026-02-28')).toEqual({
      tag: ['a'],
      startedFrom: new Date(2026, 1, 28).getTime(),
      startedTo: new Date(2026, 2, 1).getTime(),
    });
  });
});
