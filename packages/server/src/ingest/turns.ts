import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work after which others get their turn. */
const TURN_MS = 10;

/** Divides long work, so that other requests go on meanwhile. */
export class Turns {
  #sinceMs = performance.now();

  /** Call it between two steps of the work: lets others go on when the turn is over. */
  async between(): Promise<void> {
    if (performance.now() - this.#sinceMs < TURN_MS) return;
    await setImmediate();
    this.#sinceMs = performance.now();
  }
}

/** The result of a generator, each of whose steps is short. */
export async function inTurns<T>(steps: Generator<unknown, T>): Promise<T> {
  const turns = new Turns();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await turns.between();
  }
}
