import { randomUUID } from 'node:crypto';
import type { Connection } from './connection.js';

/** A batch that was begun, with the traces whose rows have to be computed when it is stored. */
export interface PendingWrite {
  readonly minute: number;
  readonly project_id: string;
  readonly write_id: string;
  readonly trace_ids: readonly string[];
}

/** Milliseconds after which finished writes are marked, together: a mark that gets lost costs a computation more. */
const MARK_AFTER_MS = 1_000;
/** Writes that are looked at in one go. */
const MOST_WRITES = 100;
/** Minutes of writes that are looked at again and again; before, all there are. */
const RECENT_MINUTES = 60;
const MINUTE_MS = 60_000;

/** The marks of writes: each is begun before its first row is stored, and finished when everything is computed from it. */
export class PendingWrites {
  readonly #connection: Connection;
  readonly #now: () => number;
  #finished: PendingWrite[] = [];
  #timer: NodeJS.Timeout | undefined;
  #marking: Promise<void> = Promise.resolve();
  #hasLookedAtAll = false;

  constructor(connection: Connection, now: () => number) {
    this.#connection = connection;
    this.#now = now;
  }

  /** Resolves when the mark is durable. */
  async begin(projectId: string, traceIds: readonly string[]): Promise<PendingWrite> {
    const minute = Math.floor(this.#now() / MINUTE_MS);
    const write = { minute, project_id: projectId, write_id: randomUUID(), trace_ids: traceIds };
    await this.#connection.insert('writes', [{ ...write, is_done: 0 }]);
    return write;
  }

  /** Notes for the other nodes that more is said of traces, though nothing has to be computed. */
  note(projectId: string, traceIds: readonly string[]): void {
    const minute = Math.floor(this.#now() / MINUTE_MS);
    if (traceIds.length > 0) {
      this.finish({ minute, project_id: projectId, write_id: randomUUID(), trace_ids: traceIds });
    }
  }

  /** Marks the write soon. */
  finish(write: PendingWrite): void {
    this.#finished.push(write);
    this.#timer ??= setTimeout(() => void this.flush(), MARK_AFTER_MS).unref();
  }

  /** Resolves when the marks of finished writes are stored, or could not be. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rows = this.#finished.map((write) => ({ ...write, is_done: 1 }));
    this.#finished = [];
    const marking = this.#connection.insert('writes', rows).catch(() => {});
    this.#marking = Promise.all([this.#marking, marking]).then(() => {});
    await this.#marking;
  }

  /**
   * Writes that were begun more than `ageS` seconds ago, by the clock of the server, and are not finished: of every time at the
   * first call, later of the last hour.
   */
  async unfinished(ageS: number): Promise<PendingWrite[]> {
    const since = this.#hasLookedAtAll ? Math.floor(this.#now() / MINUTE_MS) - RECENT_MINUTES : 0;
    const writes = await this.#connection.query<PendingWrite>(
      `SELECT minute, project_id, write_id, trace_ids FROM writes FINAL
        WHERE minute >= {since:UInt32} AND is_done = 0 AND marked <= now() - {age:UInt32} LIMIT ${MOST_WRITES}`,
      { since, age: ageS },
    );
    if (writes.length < MOST_WRITES) this.#hasLookedAtAll = true;
    return writes;
  }
}
