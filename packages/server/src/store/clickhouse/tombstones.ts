import { groupBy } from '@powerrag/protocol';
import type { Piece } from '../../pieces/piece.js';
import type { Annotation } from '../annotations.js';
import type { LogEvent } from '../log-events.js';
import { type TombstoneKind, tombstonesOf } from '../retention.js';
import { IN_PROJECT } from './conditions.js';
import type { Connection } from './connection.js';
import { inChunks } from './lists.js';

/** Which traces were deleted, for a query that reads others; `{traces}` names those that it asks for. */
export const NOT_DELETED = `trace_id NOT IN (SELECT id FROM tombstones
  WHERE ${IN_PROJECT} AND kind = 'trace' AND id IN {traces:Array(String)})`;

/** What was deleted. It stays deleted: whatever comes of it later is taken and not stored. */
export class Tombstones {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async add(projectId: string, kind: TombstoneKind, ids: readonly string[]): Promise<void> {
    await this.#connection.insert(
      'tombstones',
      ids.map((id) => ({ project_id: projectId, kind, id, version: 0 })),
    );
  }

  /** Those of the ids that were deleted. */
  async among(projectId: string, kind: TombstoneKind, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (const some of inChunks(ids)) {
      const rows = await this.#connection.query<{ id: string }>(
        `SELECT DISTINCT id FROM tombstones WHERE ${IN_PROJECT} AND kind = {kind:String} AND id IN {ids:Array(String)}`,
        { project: projectId, kind, ids: some },
      );
      for (const { id } of rows) found.add(id);
    }
    return found;
  }

  /** Those of a delivery that were not deleted, nor is the trace that they belong to. */
  async leaveOut<T extends Piece | LogEvent | Annotation>(projectId: string, all: readonly T[]): Promise<readonly T[]> {
    const asked = new Set(all.flatMap(tombstonesOf).map(([kind, id]) => `${kind}\0${id}`));
    const deleted = new Set<string>();
    const split = [...asked].map((key) => [key.slice(0, key.indexOf('\0')), key.slice(key.indexOf('\0') + 1)] as const);
    for (const [kind, pairs] of groupBy(split, ([kind]) => kind)) {
      const ids = pairs.map(([, id]) => id);
      for (const id of await this.among(projectId, kind as TombstoneKind, ids)) deleted.add(`${kind}\0${id}`);
    }
    return all.filter((each) => !tombstonesOf(each).some(([kind, id]) => deleted.has(`${kind}\0${id}`)));
  }
}
