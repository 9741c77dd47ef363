import type { Observation } from '../observation/observation.js';
import type { ObservationWriter } from '../store/contract.js';

/** A session with followers. They share this state, so a batch costs the same for one follower as for many. */
interface FollowedSession {
  readonly key: string;
  readonly projectId: string;
  readonly followers: Set<Follower>;
  /** Traces known to belong to the session. */
  readonly traceIds: Set<string>;
  /** Whether `traceIds` has the traces from before the first follower. Until then, any trace may belong to the session. */
  isLoaded: boolean;
}

/** Notifies the followers of a session when this server has stored more of it. */
export class Changes {
  readonly #sessions = new Map<string, FollowedSession>();
  readonly #byTrace = new Map<string, Set<FollowedSession>>();
  #clients = 0;
  #isClosed = false;

  /** Wraps a writer: followers are notified as soon as a batch is durable. */
  of(writer: ObservationWriter): ObservationWriter {
    return {
      write: async (projectId, batch) => {
        await writer.write(projectId, batch);
        this.stored(projectId, batch);
      },
    };
  }

  /** Tells of traces of which more is durable now, with what was said of them. */
  stored(projectId: string, batch: readonly Pick<Observation, 'traceId' | 'trace'>[]): void {
    if (this.#sessions.size > 0) this.#tell(projectId, batch);
  }

  /** Something was said of the session itself. */
  annotated(projectId: string, sessionId: string): void {
    for (const follower of this.#sessions.get(keyOf(projectId, sessionId))?.followers ?? []) follower.changed();
  }

  /** Traces were deleted: every follower in the project looks again, since whose they were is not known any more. */
  deleted(projectId: string): void {
    for (const session of this.#sessions.values()) {
      if (session.projectId === projectId) for (const follower of session.followers) follower.changed();
    }
  }

  /** The number of clients that follow a session. */
  get followers(): number {
    return this.#clients;
  }

  /** Counts a client until the result is called. */
  enter(): () => void {
    this.#clients += 1;
    let isHere = true;
    return () => {
      if (isHere) this.#clients -= 1;
      isHere = false;
    };
  }

  /**
   * Adds a follower.
   *
   * @param traceIds reads the ids of the session's traces; later ones are noticed. `follow` rejects when it rejects.
   */
  async follow(projectId: string, sessionId: string, traceIds: () => Promise<Iterable<string>>): Promise<Follower> {
    const session = this.#session(projectId, sessionId);
    const follower = new Follower(() => this.#leave(session, follower));
    session.followers.add(follower);
    if (this.#isClosed) follower.stop();
    if (session.isLoaded) return follower;
    try {
      for (const id of await traceIds()) this.#learn(session, id);
      session.isLoaded = true;
      return follower;
    } catch (error) {
      follower.stop();
      throw error;
    }
  }

  /** Stops all followers; there will be no more changes. */
  close(): void {
    this.#isClosed = true;
    for (const session of [...this.#sessions.values()]) for (const follower of [...session.followers]) follower.stop();
  }

  #session(projectId: string, sessionId: string): FollowedSession {
    const key = keyOf(projectId, sessionId);
    let session = this.#sessions.get(key);
    if (session === undefined) {
      session = { key, projectId, followers: new Set(), traceIds: new Set(), isLoaded: false };
      this.#sessions.set(key, session);
    }
    return session;
  }

  #tell(projectId: string, batch: readonly Pick<Observation, 'traceId' | 'trace'>[]): void {
    const changed = new Set<FollowedSession>();
    for (const session of this.#sessions.values()) {
      if (!session.isLoaded && session.projectId === projectId) changed.add(session);
    }
    for (const { trace, traceId } of batch) {
      const session = trace.sessionId === undefined ? undefined : this.#sessions.get(keyOf(projectId, trace.sessionId));
      if (session !== undefined) this.#learn(session, traceId);
      for (const known of this.#byTrace.get(keyOf(projectId, traceId)) ?? []) changed.add(known);
    }
    for (const session of changed) for (const follower of session.followers) follower.changed();
  }

  #learn(session: FollowedSession, traceId: string): void {
    // The last follower may have left while the traces were read.
    if (this.#sessions.get(session.key) !== session) return;
    session.traceIds.add(traceId);
    const key = keyOf(session.projectId, traceId);
    const sessions = this.#byTrace.get(key);
    if (sessions === undefined) this.#byTrace.set(key, new Set([session]));
    else sessions.add(session);
  }

  #leave(session: FollowedSession, follower: Follower): void {
    if (!session.followers.delete(follower)) return;
    if (session.followers.size > 0) return;
    this.#sessions.delete(session.key);
    for (const traceId of session.traceIds) {
      const key = keyOf(session.projectId, traceId);
      const sessions = this.#byTrace.get(key);
      sessions?.delete(session);
      if (sessions?.size === 0) this.#byTrace.delete(key);
    }
  }
}

function keyOf(projectId: string, id: string): string {
  return `${projectId}\0${id}`;
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
   * Resolves with `changed` as soon as there is a change since the last call, with `quiet` after `quietMs` milliseconds, with
   * `over` when it was stopped.
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

  /** Safe to call twice. */
  stop(): void {
    this.#isOver = true;
    this.#onStop();
    this.#wake?.();
  }
}
