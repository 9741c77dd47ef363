import { groupBy } from '@powerrag/protocol';
import type { Observation } from '../../observation/observation.js';
import type { Piece } from '../../pieces/piece.js';
import type { StoredTrace } from '../contract.js';
import type { TraceDigest } from '../digests.js';
import type { TombstoneKind } from '../retention.js';
import type { Source } from '../trace-attributes.js';
import { IN_PROJECT } from './conditions.js';
import type { Connection, Row } from './connection.js';
import { NewContents } from './contents.js';
import { digestRow } from './digester.js';
import { inChunks } from './lists.js';
import type { PieceRows } from './piece-rows.js';
import type { Tombstones } from './tombstones.js';
import { toTrace } from './trace-rows.js';
import type { ClickhouseWriter } from './writer.js';

export interface ImporterDeps {
  readonly connection: Connection;
  readonly writer: ClickhouseWriter;
  readonly pieces: PieceRows;
  readonly tombstones: Tombstones;
}

/** A trace of another database. */
export interface ImportedTrace {
  readonly traceId: string;
  readonly observations: readonly Observation[];
  /** What is said of the trace beside its observations. */
  readonly sources: readonly Source[];
  readonly digest: TraceDigest;
  /** How many log events the digest was made from. */
  readonly logEventCount: number;
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

  /** Gives the traces that are there then, without input and output, by their ids. */
  async addTraces(projectId: string, imported: readonly ImportedTrace[]): Promise<Map<string, StoredTrace>> {
    const { connection, writer } = this.#deps;
    await writer.write(
      projectId,
      imported.flatMap(({ observations }) => observations),
      imported.flatMap(({ traceId, sources }) => sources.map((source) => ({ ...source, traceId }))),
    );
    const traces = await this.#traces(
      projectId,
      imported.map(({ traceId }) => traceId),
    );
    const digests = imported.flatMap(({ traceId, digest, logEventCount }): Row[] => {
      const there = traces.get(traceId);
      if (there === undefined) return [];
      return [digestRow(projectId, traceId, digest, { traceVersion: there.version, logEventCount })];
    });
    await connection.insert('trace_digests', digests);
    const stored = new Map([...traces].map(([id, { trace }]) => [id, trace]));
    await writer.computeSessions(projectId, [
      ...new Set([...stored.values()].flatMap(({ sessionId }) => sessionId ?? [])),
    ]);
    return stored;
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

  async #traces(projectId: string, traceIds: readonly string[]) {
    const found = new Map<string, { readonly version: bigint; readonly trace: StoredTrace }>();
    for (const ids of inChunks(traceIds)) {
      const rows = await this.#deps.connection.query<{ trace_id: string; measure: string; shown: string }>(
        `SELECT trace_id, toString(version) AS measure, shown FROM traces FINAL
          WHERE ${IN_PROJECT} AND trace_id IN {ids:Array(String)} AND is_alive = 1`,
        { project: projectId, ids },
      );
      for (const row of rows) found.set(row.trace_id, { version: BigInt(row.measure), trace: toTrace(row) });
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
