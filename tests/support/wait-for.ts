import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitForOptions {
  /** What is awaited, as the end of the sentence "waited 20000 ms for …". */
  readonly what: string;
  /** How long to keep asking, in milliseconds. Default 20,000: only a deadline against hanging, not a speed limit. */
  readonly timeoutMs?: number;
  /** Pause between two questions, in milliseconds. Default 25. */
  readonly intervalMs?: number;
}

/**
 * Asks until the answer is truthy, and returns it. A call that throws counts as "not yet"; when the deadline
 * passes, its error is the cause of the one thrown.
 */
export async function waitFor<T>(
  ask: () => T | Promise<T>,
  { what, timeoutMs = 20_000, intervalMs = 25 }: WaitForOptions,
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  while (true) {
    try {
      const answer = await ask();
      if (answer) return answer as Exclude<T, false | null | undefined | 0 | ''>;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= deadline) {
      throw new Error(`waited ${timeoutMs} ms for ${what}; the last answer was ${String(last)}`, { cause: last });
    }
    await sleep(intervalMs);
  }
}
