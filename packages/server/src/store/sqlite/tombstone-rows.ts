import type { Piece } from '../../pieces/piece.js';
import type { Annotation } from '../annotations.js';
import type { LogEvent } from '../log-events.js';
import { TOMBSTONE_MS, type TombstoneKind, tombstonesOf } from '../retention.js';
import type { Database } from './driver.js';

/** The ids of what was deleted. Writes happen within the caller's transaction. */
export class TombstoneRows {
  readonly #now: () => number;
  readonly #add;
  readonly #find;
  readonly #expire;

  /** @param now Unix milliseconds. */
  constructor(database: Database, now: () => number) {
    this.#now = now;
    this.#add = database.prepare(
      'INSERT OR REPLACE INTO tombstones (project_id, kind, id, until_ms) VALUES (?, ?, ?, ?)',
    );
    this.#find = database.prepare(
      'SELECT 1 FROM tombstones WHERE project_id = ? AND kind = ? AND id = ? AND until_ms > ?',
    );
    this.#expire = database.prepare('DELETE FROM tombstones WHERE until_ms <= ?');
  }

  add(projectId: string, kind: TombstoneKind, id: string): void {
    this.#add.run(projectId, kind, id, this.#now() + TOMBSTONE_MS);
  }

  has(projectId: string, kind: TombstoneKind, id: string): boolean {
    return this.#find.get(projectId, kind, id, this.#now()) !== undefined;
  }

  /** Those of a delivery that were not deleted, nor is the trace that they belong to. */
  leaveOut<T extends Piece | LogEvent | Annotation>(projectId: string, all: readonly T[]): readonly T[] {
    return all.filter((each) => !tombstonesOf(each).some(([kind, id]) => this.has(projectId, kind, id)));
  }

  /** Removes those that are over. */
  expire(): void {
    this.#expire.run(this.#now());
  }
}
