import type { Observation } from '../../observation/observation.js';
import type { Piece } from '../../pieces/piece.js';
import { assembleChanged, type PieceSource } from '../pieces.js';
import type { Contents } from './contents.js';
import type { Database } from './driver.js';

interface PieceRow {
  piece: string;
}

interface ExtentRow {
  first_ms: number;
  last_ms: number;
  count: number;
}

/** The rows of pieces. Writes happen within the caller's transaction. */
export class PieceRows {
  readonly #contents: Contents;
  readonly #add;
  readonly #bySource;
  readonly #ofTrace;
  readonly #extent;

  constructor(database: Database, contents: Contents) {
    this.#contents = contents;
    this.#add = database.prepare(
      `INSERT INTO pieces (project_id, kind, source_id, piece_key, trace_id, first_ms, last_ms, piece)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    this.#bySource = database.prepare(
      `SELECT piece FROM pieces WHERE project_id = ? AND kind = 'observation' AND source_id = ?`,
    );
    this.#ofTrace = database.prepare(
      `SELECT piece FROM pieces WHERE project_id = ? AND trace_id = ? AND kind = 'trace'`,
    );
    this.#extent = database.prepare(
      `SELECT min(first_ms) AS first_ms, max(last_ms) AS last_ms, count(*) AS count FROM pieces
        WHERE project_id = ? AND trace_id = ?`,
    );
  }

  /** Keeps what is new of them, and gives the observations that have to be written. */
  add(projectId: string, pieces: readonly Piece[]): Observation[] {
    for (const piece of pieces) {
      const { kind, sourceId, key, traceId, firstMs, lastMs } = piece;
      const recipe = this.#contents.write(projectId, JSON.stringify(piece));
      this.#add.run(projectId, kind, sourceId, key, traceId, firstMs, lastMs, recipe);
    }
    return assembleChanged(this.#source(projectId), pieces);
  }

  #source(projectId: string): PieceSource {
    const read = (rows: unknown[]) =>
      (rows as PieceRow[]).map(({ piece }) => JSON.parse(this.#contents.read(piece)) as Piece);
    return {
      ofObservation: (sourceId) => read(this.#bySource.all(projectId, sourceId)),
      ofTrace: (traceId) => read(this.#ofTrace.all(projectId, traceId)),
      extent: (traceId) => {
        const row = this.#extent.get(projectId, traceId) as ExtentRow;
        return { firstMs: row.first_ms, lastMs: row.last_ms, count: row.count };
      },
    };
  }
}
