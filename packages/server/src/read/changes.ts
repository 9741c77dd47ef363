import type { Observation } from '../observation.js';
import type { ObservationWriter } from '../store/contract.js';

type Listener = (projectId: string, batch: readonly Observation[]) => void;

/** Tells those who look at a session when more of it has been stored by this server. */
export class Changes {
  readonly #listeners = new Set<Listener>();
  readonly #followers = new Set<Follower>();
  #isClosed = false;

  /** The writer, of whose batches is told as soon as they are durable. */
  of(writer: ObservationWriter): ObservationWriter {
    return {
      write: async (projectId, batch) => {
        await writer.write(projectId, batch);
        for (const listener of this.#listeners) listener(projectId, batch);
      },
    };
  }

  /** How many follow a session now. */
  get followers(): number {
    return this.#followers.size;
  }

  /** @param traceIds reads which traces the session has so far; those that come later are noticed. Rejects where it does. */
  async follow(projectId: string, sessionId: string, traceIds: () => Promise<Iterable<string>>): Promise<Follower> {
    const known = new Set<string>();
    let isLoaded = false;
    const listener: Listener = (project, batch) => {
      if (project !== projectId) return;
      for (const { trace, traceId } of batch) if (trace.sessionId === sessionId) known.add(traceId);
      // As long as its traces are not known, any may be one of them.
      if (!isLoaded || batch.some(({ traceId }) => known.has(traceId))) follower.changed();
    };
    const follower = new Follower(() => {
      this.#listeners.delete(listener);
      this.#followers.delete(follower);
    });
    this.#listeners.add(listener);
    this.#followers.add(follower);
    if (this.#isClosed) follower.stop();
    try {
      for (const id of await traceIds()) known.add(id);
      isLoaded = true;
      return follower;
    } catch (error) {
      follower.stop();
      throw error;
    }
  }

  /** Stops all who follow; there will be no more changes. */
  close(): void {
    this.#isClosed = true;
    for (const follower of this.#followers) follower.stop();
  }
}

/** Waits for changes of one session. */
export class Follower {
  readonly #onStop: () => void;
  #hasChanged = false;
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(onStop: () => void) {
    this.#onStop = onStop;
  }

  /**
   * Resolves as soon as there was a change since the last call; or with `quiet` after that many milliseconds; or with `over` when
   * it was stopped.
   */
  async next(quietMs: number): Promise<'changed' | 'quiet' | 'over'> {
    if (!this.#hasChanged && !this.#isOver) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, quietMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    if (this.#isOver) return 'over';
    if (!this.#hasChanged) return 'quiet';
    this.#hasChanged = false;
    return 'changed';
  }

  changed(): void {
    this.#hasChanged = true;
    this.#wake?.();
  }

  stop(): void {
    this.#isOver = true;
    this.#onStop();
    this.#wake?.();
  }
}
