import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work after which other requests get their turn. */
const TURN_MS = 10;

/** Divides long work into turns, so that other requests are not blocked. */
export class Turns {
  #sinceMs = performance.now();

  /** Call it between two steps of the work; yields to other requests when the turn is over. */
  async between(): Promise<void> {
    if (performance.now() - this.#sinceMs < TURN_MS) return;
    await setImmediate();
    this.#sinceMs = performance.now();
  }
}

/** Runs a generator whose steps are short, in turns, and returns its result. */
export async function inTurns<T>(steps: Generator<unknown, T>): Promise<T> {
  const turns = new Turns();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await turns.between();
  }
}
