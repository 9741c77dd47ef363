import { MAX_UNIX_MS } from '../observation/observation.js';

/** Null for what is not a moment that OTLP could name. */
export function momentOrNull(unixMs: number): number | null {
  return unixMs >= 0 && unixMs <= MAX_UNIX_MS ? unixMs : null;
}

/** No call waits longer than a year for its first token, in milliseconds: a larger number is something else. */
export const MAX_WAIT_MS = 366 * 24 * 3_600_000;

/**
 * Finite numbers by name. A sum that overflowed and a nonsense count stop at what a double holds exactly; what is not a number is
 * left out.
 */
export function boundNumbers(numbers: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const isSound = Object.values(numbers).every((number) => Math.abs(number) <= Number.MAX_SAFE_INTEGER);
  if (isSound) return numbers;
  return Object.fromEntries(
    Object.entries(numbers)
      .filter(([, number]) => !Number.isNaN(number))
      .map(([name, number]) => [name, Math.max(-Number.MAX_SAFE_INTEGER, Math.min(number, Number.MAX_SAFE_INTEGER))]),
  );
}
