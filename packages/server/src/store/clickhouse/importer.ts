import type { Observation } from '../../observation/observation.js';
import type { Piece } from '../../pieces/piece.js';
import type { StoredTrace } from '../contract.js';
import type { TombstoneKind } from '../retention.js';
import { IN_PROJECT } from './conditions.js';
import type { Connection } from './connection.js';
import { NewContents } from './contents.js';
import { groupBy, inChunks } from './lists.js';
import type { PieceRows } from './piece-rows.js';
import type { Tombstones } from './tombstones.js';
import { toTrace } from './trace-rows.js';
import type { ClickhouseWriter, SourceOfTrace } from './writer.js';

export interface ImporterDeps {
  readonly connection: Connection;
  readonly writer: ClickhouseWriter;
  readonly pieces: PieceRows;
  readonly tombstones: Tombstones;
}

/** The rows of each part that are there once, whatever project they belong to. */
const COUNTED = {
  traces: 'traces FINAL WHERE is_alive = 1',
  pieces: 'pieces FINAL',
  logEvents: '(SELECT 1 FROM log_events GROUP BY project_id, trace_id, observation_id, event_key)',
  annotations: '(SELECT 1 FROM annotations GROUP BY project_id, kind, annotation_id)',
  media: 'media FINAL',
  tombstones: 'tombstones FINAL',
} as const;

/** Takes in what another database has, and remembers how far it is. Whatever is taken in twice is there once. */
export class Importer {
  readonly #deps: ImporterDeps;
  readonly #source: string;
  #version = 0;

  /** @param source names the other database. */
  constructor(deps: ImporterDeps, source: string) {
    this.#deps = deps;
    this.#source = source;
  }

  /** What was remembered last, by whichever process; null for a database that was not begun. */
  async position(): Promise<string | null> {
    const [row] = await this.#deps.connection.query<{ position: string; last: string | number }>(
      'SELECT position, toString(version) AS last FROM migrations FINAL WHERE source = {source:String}',
      { source: this.#source },
    );
    this.#version = Number(row?.last ?? 0);
    return row?.position ?? null;
  }

  async remember(position: string): Promise<void> {
    this.#version += 1;
    await this.#deps.connection.insert('migrations', [{ source: this.#source, position, version: this.#version }]);
  }

  /** Observations, and what is said of their traces beside them. */
  async addTraces(
    projectId: string,
    observations: readonly Observation[],
    sources: readonly SourceOfTrace[],
  ): Promise<void> {
    await this.#deps.writer.write(projectId, observations, sources);
  }

  /** The observations that are put together from them are expected to come by themselves. */
  async addPieces(projectId: string, batch: readonly Piece[]): Promise<void> {
    const { writer, pieces } = this.#deps;
    const contents = new NewContents();
    const rows = pieces.rows(projectId, batch, contents);
    await writer.insertContents(projectId, contents);
    await pieces.insert(rows);
  }

  async addTombstones(
    projectId: string,
    all: readonly { readonly kind: TombstoneKind; readonly id: string }[],
  ): Promise<void> {
    for (const [kind, some] of groupBy(all, (each) => each.kind)) {
      const ids = some.map(({ id }) => id);
      await this.#deps.tombstones.add(projectId, kind, ids);
    }
  }

  /** Traces without input and output, by their ids. */
  async traces(projectId: string, traceIds: readonly string[]): Promise<Map<string, StoredTrace>> {
    const found = new Map<string, StoredTrace>();
    for (const ids of inChunks(traceIds)) {
      const rows = await this.#deps.connection.query<{ trace_id: string; shown: string }>(
        `SELECT trace_id, shown FROM traces FINAL
          WHERE ${IN_PROJECT} AND trace_id IN {ids:Array(String)} AND is_alive = 1`,
        { project: projectId, ids },
      );
      for (const row of rows) found.set(row.trace_id, toTrace(row));
    }
    return found;
  }

  async count(part: keyof typeof COUNTED): Promise<number> {
    const [row] = await this.#deps.connection.query<{ total: string | number }>(
      `SELECT count() AS total FROM ${COUNTED[part]}`,
    );
    return Number(row?.total ?? 0);
  }
}
