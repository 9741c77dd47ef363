import type { Observation } from '../../observation/observation.js';
import type { Piece } from '../../pieces/piece.js';
import type { Annotation } from '../annotations.js';
import { sourcesOf } from '../attribute-sources.js';
import type { StoredTrace, StoreReader } from '../contract.js';
import { type DigestTrace, EMPTY_DIGEST, MAX_DIGESTED, NO_DIGEST, type TraceDigest } from '../digests.js';
import type { LogEvent } from '../log-events.js';
import type { Media } from '../media.js';
import type { TombstoneKind } from '../retention.js';
import { spendOfTrace } from '../spend.js';
import { shownTotals, sumTotals, totalsOf } from '../totals.js';
import type { Merged, Source } from '../trace-attributes.js';
import { Contents } from './contents.js';
import type { Database, SqlValue } from './driver.js';
import type { TraceAttributesJson } from './trace-rows.js';

/** All that is stored of a trace, log events and annotations apart. */
export interface DumpedTrace {
  /** Grows from trace to trace. */
  readonly key: number;
  readonly projectId: string;
  readonly trace: StoredTrace;
  /** Without trace attributes: `sources` has them. */
  readonly observations: readonly Observation[];
  readonly sources: readonly Source[];
  readonly digest: TraceDigest;
  /** Of what logs say, the digest has that much. */
  readonly logEventCount: number;
}

/** What is stored beside traces, by part. */
export interface DumpedParts {
  readonly pieces: Piece;
  readonly logEvents: LogEvent;
  readonly annotations: Annotation;
  readonly media: Media;
  readonly tombstones: { readonly kind: TombstoneKind; readonly id: string };
}

export type DumpedPart = keyof DumpedParts;

/** Where a part is continued: the key of its last row. */
export type PartCursor = readonly string[];

export interface PartPage<P extends DumpedPart> {
  readonly items: readonly { readonly projectId: string; readonly item: DumpedParts[P] }[];
  /** Null when this was the last page. */
  readonly next: PartCursor | null;
}

interface PartTable {
  readonly table: string;
  readonly key: readonly string[];
  /** Rows of a page. */
  readonly rows: number;
}

const CURRENT_TOMBSTONES = '(SELECT * FROM tombstones WHERE until_ms > unixepoch() * 1000)';

const TABLES: Readonly<Record<DumpedPart, PartTable>> = {
  pieces: { table: 'pieces', key: ['project_id', 'kind', 'source_id', 'piece_key'], rows: 500 },
  logEvents: { table: 'log_events', key: ['project_id', 'trace_id', 'observation_id', 'event_key'], rows: 500 },
  annotations: { table: 'annotations', key: ['project_id', 'kind', 'annotation_id'], rows: 500 },
  // Of up to some megabytes each.
  media: { table: 'media', key: ['project_id', 'media_id'], rows: 10 },
  tombstones: { table: CURRENT_TOMBSTONES, key: ['project_id', 'kind', 'id'], rows: 1_000 },
};

interface TraceKeyRow {
  readonly trace_key: number;
  readonly project_id: string;
  readonly trace_id: string;
  readonly said: string;
  readonly input_at: number | null;
  readonly input_by: string | null;
  readonly output_at: number | null;
  readonly output_by: string | null;
}

/** Reads everything of a database, in the order of keys, so that it can be continued. */
export class SqliteDump {
  readonly #database: Database;
  readonly #reader: StoreReader;
  readonly #digestTrace: DigestTrace;
  readonly #contents: Contents;

  /**
   * @param database a connection of its own to the file of the store.
   * @param digestTrace makes the digests anew. Default: they are empty.
   */
  constructor(database: Database, reader: StoreReader, digestTrace: DigestTrace = NO_DIGEST) {
    this.#digestTrace = digestTrace;
    this.#database = database;
    this.#reader = reader;
    this.#contents = new Contents(database);
  }

  count(part: DumpedPart | 'traces'): number {
    const table = part === 'traces' ? part : TABLES[part].table;
    return (this.#database.prepare(`SELECT count(*) AS total FROM ${table}`).get() as { total: number }).total;
  }

  /** Traces whose key is greater. */
  async *traces(afterKey: number): AsyncIterable<DumpedTrace> {
    const next = this.#database.prepare(
      `SELECT trace_key, project_id, trace_id, said, input_at, input_by, output_at, output_by FROM traces
        WHERE trace_key > ? ORDER BY trace_key LIMIT 1`,
    );
    for (let row = next.get(afterKey); row !== undefined; row = next.get((row as TraceKeyRow).trace_key)) {
      const dumped = await this.#trace(row as TraceKeyRow);
      if (dumped !== null) yield dumped;
    }
  }

  async #trace(row: TraceKeyRow): Promise<DumpedTrace | null> {
    const { trace_key: key, project_id: projectId, trace_id: traceId } = row;
    const kept = await this.#reader.getTrace(projectId, traceId);
    if (kept === null) return null;
    const stored = await this.#reader.listObservations(projectId, { traceId });
    // The totals that are kept may be by the rule of an earlier release, until more of the trace comes.
    const totals = { ...sumTotals(stored.map(totalsOf)), ...spendOfTrace(stored).total };
    const trace = { ...kept, ...shownTotals(totals) };
    const bodies = await this.#reader.readBodies(projectId, stored);
    const pieceCounts = new Map(
      this.#database
        .prepare('SELECT observation_id, piece_count FROM observations WHERE trace_key = ? AND piece_count > 0')
        .all(key)
        .map((each) => each as { readonly observation_id: string; readonly piece_count: number })
        .map(({ observation_id, piece_count }) => [observation_id, piece_count]),
    );
    const observations = stored.flatMap(({ sessionId: _, ...observation }, at) => {
      const [body, pieceCount] = [bodies[at], pieceCounts.get(observation.id)];
      if (body === null || body === undefined) return [];
      return { ...observation, body, trace: {}, ...(pieceCount === undefined ? {} : { pieceCount }) };
    });
    const sources = sourcesOf(mergedIn(row, trace));
    return { key, projectId, trace, observations, sources, ...(await this.#digest(projectId, trace, observations)) };
  }

  async #digest(projectId: string, trace: StoredTrace, all: readonly Observation[]) {
    const observations = all.slice(0, MAX_DIGESTED).map(({ body: _body, trace: _trace, ...rest }) => ({
      ...rest,
      sessionId: trace.sessionId ?? null,
    }));
    const events = await this.#reader.readLogEvents(projectId, observations);
    const bodyOf = new Map(all.map(({ id, body }) => [id, body]));
    const eventsOf = new Map(observations.map(({ id }, at) => [id, events[at] ?? []]));
    let digest = EMPTY_DIGEST;
    try {
      digest = this.#digestTrace({
        ...{ trace, observations },
        readBody: (id) => bodyOf.get(id) ?? null,
        readLogEvents: (id) => eventsOf.get(id) ?? [],
      });
    } catch {
      // A trace that cannot be digested has no words.
    }
    return { digest, logEventCount: events.reduce((sum, each) => sum + each.length, 0) };
  }

  /** A page of what is stored beside traces, after a place in it; null for the first one. */
  page<P extends DumpedPart>(part: P, after: PartCursor | null): PartPage<P> {
    const { table, key, rows } = TABLES[part];
    const where = after === null ? '' : `WHERE (${key.join(', ')}) > (${key.map(() => '?').join(', ')})`;
    const found = this.#database
      .prepare(`SELECT * FROM ${table} ${where} ORDER BY ${key.join(', ')} LIMIT ${rows}`)
      .all(...(after ?? [])) as Record<string, SqlValue>[];
    const last = found.at(-1);
    return {
      items: found.map((row) => ({
        projectId: String(row.project_id),
        item: this.#read[part](row),
      })),
      next: found.length < rows || last === undefined ? null : key.map((column) => String(last[column])),
    };
  }

  readonly #read: { readonly [P in DumpedPart]: (row: Readonly<Record<string, SqlValue>>) => DumpedParts[P] } = {
    pieces: ({ piece }) => JSON.parse(this.#contents.read(String(piece))) as Piece,
    logEvents: (row) => ({
      ...{ traceId: String(row.trace_id), id: String(row.observation_id), key: String(row.event_key) },
      ...{ place: Number(row.place), name: String(row.name), timeMs: Number(row.time_ms) },
      attributes: JSON.parse(this.#contents.read(String(row.attributes))),
    }),
    annotations: ({ annotation }) => JSON.parse(String(annotation)) as Annotation,
    media: ({ media_id, content_type, bytes }) => ({
      ...{ id: String(media_id), contentType: String(content_type) },
      bytes: bytes instanceof Uint8Array ? bytes : new Uint8Array(),
    }),
    tombstones: ({ kind, id }) => ({ kind: kind as TombstoneKind, id: String(id) }),
  };
}

function mergedIn(row: TraceKeyRow, trace: StoredTrace): Merged {
  const { fields, metadata, tags, sessionIds, isRooted = false } = JSON.parse(row.said) as TraceAttributesJson;
  const text = (value: string | undefined, atMs: number | null, by: string | null) =>
    value === undefined || atMs === null || by === null ? undefined : { value, atMs, by };
  const input = text(trace.input, row.input_at, row.input_by);
  const output = text(trace.output, row.output_at, row.output_by);
  const current = fields.sessionId?.value;
  return {
    fields: { ...fields, ...(input && { input }), ...(output && { output }) },
    metadata: new Map(metadata),
    tags: new Set(tags),
    sessionIds: new Set(sessionIds ?? (current === undefined ? [] : [current])),
    isRooted,
  };
}
