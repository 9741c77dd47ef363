import type { Observation } from '../../observation/observation.js';
import type { Piece } from '../../pieces/piece.js';
import { assembleChanged, type PieceSource } from '../pieces.js';
import type { Contents } from './contents.js';
import type { Database } from './driver.js';
import { PieceCache } from './piece-cache.js';
import type { Sweepable } from './sweepable.js';
import type { TombstoneRows } from './tombstone-rows.js';

interface PieceRow {
  piece: string;
}

interface DeletedRow extends PieceRow {
  kind: Piece['kind'];
  source_id: string;
  piece_key: string;
}

interface ExtentRow {
  first_ms: number;
  last_ms: number;
  count: number;
}

/** Pieces of one observation, or of the one that stands for a trace. */
interface Group {
  readonly projectId: string;
  readonly kind: Piece['kind'];
  /** The id of the source, or of the trace. */
  readonly id: string;
}

/** The rows of pieces. Writes happen within the caller's transaction. */
export class PieceRows {
  readonly #contents: Contents;
  readonly #cache = new PieceCache();
  readonly #add;
  readonly #extent;
  readonly #read;
  readonly #count;
  readonly #ofDeleted;
  readonly #named;
  readonly #remove;
  readonly #removeSource;

  constructor(database: Database, contents: Contents) {
    this.#contents = contents;
    this.#add = database.prepare(
      `INSERT INTO pieces (project_id, kind, source_id, piece_key, trace_id, first_ms, last_ms, piece)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    const ofObservation = `FROM pieces WHERE project_id = ? AND kind = 'observation' AND source_id = ?`;
    const ofTrace = `FROM pieces WHERE project_id = ? AND kind = 'trace' AND trace_id = ?`;
    this.#read = {
      observation: database.prepare(`SELECT piece ${ofObservation}`),
      trace: database.prepare(`SELECT piece ${ofTrace}`),
    };
    this.#count = {
      observation: database.prepare(`SELECT count(*) AS count ${ofObservation}`),
      trace: database.prepare(`SELECT count(*) AS count ${ofTrace}`),
    };
    this.#ofDeleted = database.prepare(
      'SELECT kind, source_id, piece_key, piece FROM pieces WHERE project_id = ? AND trace_id = ? LIMIT ?',
    );
    this.#named = database.prepare(`SELECT count(trace_id) AS count ${ofObservation}`);
    this.#remove = database.prepare(
      'DELETE FROM pieces WHERE project_id = ? AND kind = ? AND source_id = ? AND piece_key = ?',
    );
    this.#removeSource = database.prepare(`DELETE ${ofObservation}`);
    this.#extent = database.prepare(
      `SELECT min(first_ms) AS first_ms, max(last_ms) AS last_ms, count(*) AS count FROM pieces
        WHERE project_id = ? AND trace_id = ?`,
    );
  }

  /** Keeps what is new of them, and gives the observations that have to be written. */
  add(projectId: string, pieces: readonly Piece[]): Observation[] {
    for (const piece of pieces) {
      const { kind, sourceId, key, traceId, firstMs, lastMs } = piece;
      const text = JSON.stringify(piece);
      const group = { projectId, kind, id: kind === 'trace' ? (traceId ?? '') : sourceId };
      this.#known(group);
      const recipe = this.#contents.write(projectId, text);
      const { changes } = this.#add.run(projectId, kind, sourceId, key, traceId, firstMs, lastMs, recipe);
      if (Number(changes) > 0) this.#cache.add(keyOf(group), text);
    }
    return assembleChanged(this.#source(projectId), pieces);
  }

  /** Removes pieces of a deleted trace, `limit` at most, and those that only belong to it by its observations. Whether there may be more. */
  remove(projectId: string, traceId: string, limit: number, tombstones: TombstoneRows, sweepable: Sweepable): boolean {
    this.#cache.clear();
    const rows = this.#ofDeleted.all(projectId, traceId, limit) as DeletedRow[];
    for (const { kind, source_id: sourceId, piece_key: key, piece } of rows) {
      this.#remove.run(projectId, kind, sourceId, key);
      sweepable.add(projectId, [piece]);
      if (kind !== 'observation') continue;
      const { count } = this.#named.get(projectId, sourceId) as Pick<ExtentRow, 'count'>;
      if (count > 0) continue;
      // What says nothing of its trace belonged to this one.
      tombstones.add(projectId, 'source', sourceId);
      for (const rest of this.#read.observation.all(projectId, sourceId) as PieceRow[]) {
        sweepable.add(projectId, [rest.piece]);
      }
      this.#removeSource.run(projectId, sourceId);
    }
    return rows.length === limit;
  }

  #source(projectId: string): PieceSource {
    const read = (kind: Piece['kind'], id: string) => {
      const group = { projectId, kind, id };
      return this.#known(group) ?? this.#cache.set(keyOf(group), this.#texts(group));
    };
    return {
      ofObservation: (sourceId) => read('observation', sourceId),
      ofTrace: (traceId) => read('trace', traceId),
      extent: (traceId) => {
        const row = this.#extent.get(projectId, traceId) as ExtentRow;
        return { firstMs: row.first_ms, lastMs: row.last_ms, count: row.count };
      },
    };
  }

  #known(group: Group): readonly Piece[] | undefined {
    const row = this.#count[group.kind].get(group.projectId, group.id) as Pick<ExtentRow, 'count'>;
    return this.#cache.get(keyOf(group), row.count);
  }

  #texts({ projectId, kind, id }: Group): string[] {
    const rows = this.#read[kind].all(projectId, id) as PieceRow[];
    return rows.map(({ piece }) => this.#contents.read(piece));
  }
}

function keyOf({ projectId, kind, id }: Group): string {
  return JSON.stringify([projectId, kind, id]);
}
