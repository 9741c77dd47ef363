import { describe, expect, it } from 'vitest';
import { inTimeRange } from './time-range.js';

describe('a stretch of time', () => {
  const now = new Date(2026, 2, 10, 9, 30).getTime();
  it('yesterday evening is from five to midnight, in the time of the reader', () => {
    expect(inTimeRange('yesterday-evening', now)).toEqual({
      activeFrom: new Date(2026, 2, 9, 17).getTime(),
      startedTo: new Date(2026, 2, 10).getTime(),
    });
  });
  it('yesterday is the whole day before, on the first of a month as well', () => {
    expect(inTimeRange('yesterday', new Date(2026, 2, 1, 0, 5).getTime())).toEqual({
      activeFrom: new Date(2026, 1, 28).getTime(),
      startedTo: new Date(2026, 2, 1).getTime(),
    });
  });
  it('the last hour ends now', () => expect(inTimeRange('hour', now)).toEqual({ activeFrom: now - 3_600_000 }));
});
