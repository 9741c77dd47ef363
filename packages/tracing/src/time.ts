import type { TimeInput } from '@opentelemetry/api';

/** Unix milliseconds. A number before the start of the process counts from there, as `performance.now()` does. */
export function toMilliseconds(time: TimeInput): number {
  if (Array.isArray(time)) return time[0] * 1e3 + time[1] / 1e6;
  if (typeof time !== 'number') return time.getTime();
  const { timeOrigin } = performance;
  return time < timeOrigin ? time + timeOrigin : time;
}

/** Whether a value from an application is a time at all: not an invalid Date, not NaN. */
export function isTime(time: TimeInput): boolean {
  try {
    return Number.isFinite(toMilliseconds(time));
  } catch {
    return false;
  }
}
