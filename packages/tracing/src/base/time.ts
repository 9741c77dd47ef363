import type { TimeInput } from '@opentelemetry/api';
import { ownValue } from './inert.js';

/** Unix milliseconds. A number before the start of the process counts from there, as `performance.now()` does. */
export function toMilliseconds(time: TimeInput): number {
  if (Array.isArray(time)) return time[0] * 1e3 + time[1] / 1e6;
  // This throws for anything but a Date, and runs no code of it.
  if (typeof time !== 'number') return Date.prototype.getTime.call(time);
  const { timeOrigin } = performance;
  return time < timeOrigin ? time + timeOrigin : time;
}

/** A value from an application as a time; `undefined` where it is not one, such as an invalid Date or NaN. */
export function timeOf(value: unknown): TimeInput | undefined {
  // The usual case, of which an exception would make most of the cost of an observation.
  if (value === undefined) return undefined;
  try {
    // A list is read once: OpenTelemetry would read it again.
    const time = Array.isArray(value) ? [ownValue(value, 0), ownValue(value, 1)] : value;
    const isTime = Array.isArray(time)
      ? time.every(Number.isFinite)
      : Number.isFinite(toMilliseconds(time as TimeInput));
    return isTime ? (time as TimeInput) : undefined;
  } catch {
    return undefined;
  }
}
