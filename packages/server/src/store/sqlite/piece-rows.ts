import type { Observation } from '../../observation/observation.js';
import type { PieceGroup } from '../../pieces/fold.js';
import type { Piece } from '../../pieces/piece.js';
import { assembleChanged, type PieceSource } from '../pieces.js';
import type { Contents } from './contents.js';
import type { Database } from './driver.js';
import { type Extent, PieceCache } from './piece-cache.js';
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
  /** Of the last write that the cache knows. */
  #written = 0;
  #writes = 0;
  readonly #add;
  readonly #extent;
  readonly #read;
  readonly #lastWrite;
  readonly #setLastWrite;
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
    // What a transaction takes back it takes back here too.
    database.exec('CREATE TEMP TABLE IF NOT EXISTS last_piece_write AS SELECT 0 AS number');
    this.#lastWrite = database.prepare('SELECT number FROM temp.last_piece_write');
    this.#setLastWrite = database.prepare('UPDATE temp.last_piece_write SET number = ?');
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
    this.#forgetWhatWasTakenBack();
    for (const piece of pieces) {
      const { kind, sourceId, key, traceId, firstMs, lastMs } = piece;
      const group = { projectId, kind, id: kind === 'trace' ? (traceId ?? '') : sourceId };
      const recipe = this.#contents.write(projectId, JSON.stringify(piece));
      const { changes } = this.#add.run(projectId, kind, sourceId, key, traceId, firstMs, lastMs, recipe);
      if (Number(changes) > 0) this.#cache.add(piece, keyOf(group), extentKeyOf(projectId, traceId ?? ''));
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

  /** The cache is of the pieces up to the last write: where another was the last one, a transaction was taken back. */
  #forgetWhatWasTakenBack(): void {
    const { number } = this.#lastWrite.get() as { number: number };
    if (number !== this.#written) this.#cache.clear();
    this.#writes += 1;
    this.#written = this.#writes;
    this.#setLastWrite.run(this.#written);
  }

  #source(projectId: string): PieceSource {
    const read = (kind: Piece['kind'], id: string): PieceGroup => {
      const group = { projectId, kind, id };
      return this.#cache.get(keyOf(group)) ?? this.#cache.set(keyOf(group), this.#texts(group));
    };
    return {
      ofObservation: (sourceId) => read('observation', sourceId),
      ofTrace: (traceId) => read('trace', traceId).of(traceId),
      extent: (traceId) => this.#extentOf(projectId, traceId),
    };
  }

  #extentOf(projectId: string, traceId: string): Extent {
    const key = extentKeyOf(projectId, traceId);
    const known = this.#cache.getExtent(key);
    if (known !== undefined) return known;
    const row = this.#extent.get(projectId, traceId) as ExtentRow;
    return this.#cache.setExtent(key, { firstMs: row.first_ms, lastMs: row.last_ms, count: row.count });
  }

  #texts({ projectId, kind, id }: Group): string[] {
    const rows = this.#read[kind].all(projectId, id) as PieceRow[];
    return rows.map(({ piece }) => this.#contents.read(piece));
  }
}

function keyOf({ projectId, kind, id }: Group): string {
  return JSON.stringify([projectId, kind, id]);
}

function extentKeyOf(projectId: string, traceId: string): string {
  return JSON.stringify([projectId, traceId]);
}
