import { groupBy } from '@powerrag/protocol';
import type { Observation } from '../../observation/observation.js';
import { Fold, PieceGroup } from '../../pieces/fold.js';
import type { Piece } from '../../pieces/piece.js';
import { assembleChanged } from '../pieces.js';
import type { Connection, Row } from './connection.js';
import { type NewContents, readContents } from './contents.js';
import { inChunks } from './lists.js';

type NewRow = Row & { readonly trace_id: string; readonly piece: string };

interface PieceRow {
  readonly piece: string;
}

interface ExtentRow {
  readonly trace_id: string;
  readonly first: number;
  readonly last: number;
  readonly total: string | number;
}

/** The rows of pieces: a set that only grows, by observation and by trace. */
export class PieceRows {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The rows of pieces, whose texts are added to `contents`, to be inserted first. */
  rows(projectId: string, pieces: readonly Piece[], contents: NewContents): readonly NewRow[] {
    return pieces.map((piece) => ({
      ...{ project_id: projectId, kind: piece.kind, source_id: piece.sourceId, piece_key: piece.key },
      ...{ trace_id: piece.traceId ?? '', first_ms: piece.firstMs, last_ms: piece.lastMs, version: 0 },
      piece: contents.add(JSON.stringify(piece)),
    }));
  }

  async insert(rows: readonly NewRow[]): Promise<void> {
    const ofTraces = rows.filter(({ trace_id }) => trace_id !== '').map(({ piece: _piece, ...row }) => row);
    await Promise.all([this.#connection.insert('pieces', rows), this.#connection.insert('pieces_of_traces', ofTraces)]);
  }

  /** The observations that have to be written after these pieces were kept. */
  async assemble(projectId: string, pieces: readonly Piece[]): Promise<Observation[]> {
    const sourceIds = pieces.flatMap(({ kind, sourceId }) => (kind === 'observation' ? [sourceId] : []));
    const traceIds = [...new Set(pieces.flatMap(({ traceId }) => traceId ?? []))];
    const [ofSources, ofTraces, extents] = await Promise.all([
      this.#ofSources(projectId, [...new Set(sourceIds)]),
      this.#ofTraces(projectId, traceIds),
      this.#extents(projectId, traceIds),
    ]);
    const bySource = groupBy(ofSources, ({ sourceId }) => sourceId);
    const byTrace = groupBy(ofTraces, ({ traceId }) => traceId);
    return assembleChanged(
      {
        ofObservation: (id) => PieceGroup.of(bySource.get(id) ?? []),
        ofTrace: (id) => Fold.of(byTrace.get(id) ?? []),
        extent: (id) => extents.get(id) ?? { firstMs: 0, lastMs: 0, count: 0 },
      },
      pieces,
    );
  }

  /** The sources of observations of these traces that no other trace is known of. */
  async sourcesOfOnly(projectId: string, traceIds: readonly string[]): Promise<string[]> {
    const found = new Set<string>();
    for (const ids of inChunks(traceIds)) {
      const rows = await this.#connection.query<{ source_id: string }>(
        `SELECT source_id FROM pieces WHERE project_id = {project:String} AND kind = 'observation'
          AND source_id IN (SELECT source_id FROM pieces_of_traces
            WHERE project_id = {project:String} AND trace_id IN {ids:Array(String)} AND kind = 'observation')
          GROUP BY source_id HAVING countIf(trace_id != '' AND trace_id NOT IN {ids:Array(String)}
            AND trace_id NOT IN (SELECT id FROM tombstones WHERE project_id = {project:String} AND kind = 'trace')) = 0`,
        { project: projectId, ids },
      );
      for (const { source_id } of rows) found.add(source_id);
    }
    return [...found];
  }

  async #ofSources(projectId: string, sourceIds: readonly string[]): Promise<Piece[]> {
    return this.#read(
      projectId,
      sourceIds,
      `SELECT piece FROM pieces FINAL WHERE project_id = {project:String} AND kind = 'observation'
        AND source_id IN {ids:Array(String)}`,
    );
  }

  async #ofTraces(projectId: string, traceIds: readonly string[]): Promise<Piece[]> {
    return this.#read(
      projectId,
      traceIds,
      `SELECT piece FROM pieces FINAL WHERE project_id = {project:String} AND kind = 'trace'
        AND trace_id IN {ids:Array(String)} AND source_id IN (
          SELECT source_id FROM pieces_of_traces
          WHERE project_id = {project:String} AND trace_id IN {ids:Array(String)} AND kind = 'trace')`,
    );
  }

  async #read(projectId: string, all: readonly string[], sql: string): Promise<Piece[]> {
    const pieces: Piece[] = [];
    for (const ids of inChunks(all)) {
      const rows = await this.#connection.query<PieceRow>(sql, { project: projectId, ids });
      const texts = await readContents(
        this.#connection,
        projectId,
        rows.map(({ piece }) => piece),
      );
      for (const text of texts) if (text !== null) pieces.push(JSON.parse(text) as Piece);
    }
    return pieces;
  }

  async #extents(projectId: string, traceIds: readonly string[]) {
    const extents = new Map<string, { readonly firstMs: number; readonly lastMs: number; readonly count: number }>();
    for (const ids of inChunks(traceIds)) {
      const rows = await this.#connection.query<ExtentRow>(
        `SELECT trace_id, min(first_ms) AS first, max(last_ms) AS last, count() AS total FROM pieces_of_traces FINAL
          WHERE project_id = {project:String} AND trace_id IN {ids:Array(String)} GROUP BY trace_id`,
        { project: projectId, ids },
      );
      for (const { trace_id, first, last, total } of rows) {
        extents.set(trace_id, { firstMs: first, lastMs: last, count: Number(total) });
      }
    }
    return extents;
  }
}
