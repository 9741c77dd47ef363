import type {
  BoundedCount,
  ObservationLevel,
  ObservationType,
  SessionFacets,
  SessionNeighbours,
  SessionSummary,
} from '@powerrag/protocol';
import { plural } from '../base/plural.js';
import type { Observation, ObservationBody, TraceAttributes } from '../observation/observation.js';
import type { Annotations } from './annotations.js';
import type { ClientReportStore } from './client-reports.js';
import type { Digests } from './digests.js';
import type { WorkFigures } from './figures.js';
import type { LogEvents } from './log-events.js';
import type { MediaStore } from './media.js';
import type { PieceWriter } from './pieces.js';
import type { Retention } from './retention.js';
import type { SessionSearcher } from './search.js';
import type { FacetQuery, SessionFilter, SessionOrder } from './session-filter.js';
import type { TraceCondition } from './trace-conditions.js';

/** Stores observations. Ingest gets this interface only. */
export interface ObservationWriter {
  /**
   * Stores all of a batch or nothing. Resolves once every observation is durable: it survives a crash of the process or machine.
   * Otherwise rejects, with nothing stored: with `Unstorable` when some observations can never be stored but the rest can.
   *
   * Upserts by (project, trace id, observation id), idempotent and commutative: any number of deliveries, in any order and
   * any grouping, leaves the same rows. Of two versions of one observation the more complete one stands: one put together from
   * more pieces, then an ended one over an open one, then the later end, then the one that carries more, then an arbitrary but fixed order.
   *
   * Trace attributes are merged over all observations of a trace by the rules of `MergedTraceAttributes`: the session id under the
   * strongest key, the root's release, version and environment, else the latest value, by the observation's end (its start while
   * it is open), then by id; tags are united, metadata is merged by key. So a session id reaches its whole trace, whichever
   * observation carried it and whenever it arrived, and moves the whole trace when it changes.
   * Totals of traces and sessions, and their revisions, are updated in the same transaction, within ±2^53 - 1 (see totals.ts).
   */
  write(projectId: string, batch: readonly Observation[]): Promise<void>;
}

/** Some observations of a batch can never be stored, however often they are sent. Nothing of the batch was stored. */
export class Unstorable extends Error {
  override readonly name = 'Unstorable';
  readonly observations: ReadonlyMap<Observation, string>;

  /** @param observations those that cannot be stored, each with the reason. */
  constructor(observations: ReadonlyMap<Observation, string>) {
    super(`of the batch, ${plural(observations.size, 'observation')} cannot be stored`);
    this.observations = observations;
  }
}

/** Reads what the page and the read API show. */
export interface SessionReader {
  /** Sessions that match, by last activity unless ordered otherwise, the greatest first. */
  listSessions(projectId: string, query: SessionQuery): Promise<SessionList>;
  /** How many sessions match: counted up to `MAX_COUNT`. */
  countSessions(projectId: string, filter: SessionFilter): Promise<BoundedCount>;
  /** Counted over the `MAX_FACET_SESSIONS` latest sessions that match, or over all where that is cheap. */
  sessionFacets(projectId: string, query: FacetQuery): Promise<SessionFacets>;
  /** The sessions beside one in a list, whether or not it matches the filter itself. Null when there is no such session. */
  sessionNeighbours(
    projectId: string,
    sessionId: string,
    query: SessionOrder & { readonly filter?: SessionFilter },
  ): Promise<SessionNeighbours | null>;
  /** Null when no trace has this session id. */
  getSession(projectId: string, sessionId: string): Promise<StoredSession | null>;
  /** Traces, by start unless ordered otherwise, and by id where that is the same. An unknown session is an empty list, not an error. */
  listTraces(projectId: string, query: TraceQuery): Promise<TraceList>;
  getTrace(projectId: string, traceId: string): Promise<StoredTrace | null>;
  /** The ids of a session's traces, in any order: cheaper than the traces. */
  listTraceIds(projectId: string, sessionId: string): Promise<string[]>;
  /** Oldest start first, then by id. An unknown session or trace is an empty list, not an error. */
  listObservations(
    projectId: string,
    of: { readonly sessionId: string } | { readonly traceId: string },
  ): Promise<StoredObservation[]>;
  /** @param traceId null where it is not known: of several traces the one that ended last, which takes longer the older it is. */
  getObservation(projectId: string, traceId: string | null, observationId: string): Promise<StoredObservation | null>;
  /** In the order of the request; null for an observation that does not exist. */
  readBodies(
    projectId: string,
    of: readonly { readonly traceId: string; readonly id: string }[],
  ): Promise<(ObservationBody | null)[]>;
}

/** All that can be read of a store. */
export interface StoreReader
  extends SessionReader,
    SessionSearcher,
    Pick<LogEvents, 'readLogEvents'>,
    Pick<Annotations, 'listAnnotations' | 'annotationsOf'>,
    Pick<MediaStore, 'readMedia'> {}

/** A trace of which more is stored, and the session that it is in. */
export interface StoredChange {
  readonly traceId: string;
  readonly trace: Pick<TraceAttributes, 'sessionId'>;
}

export interface ChangeWatcher {
  /** Whether anybody wants to know. */
  readonly isWanted: () => boolean;
  readonly told: (projectId: string, changes: readonly StoredChange[]) => void;
}

/** A store for writing and reading. */
export interface Store
  extends ObservationWriter,
    PieceWriter,
    LogEvents,
    Annotations,
    MediaStore,
    SessionReader,
    Partial<SessionSearcher>,
    Partial<Retention>,
    Partial<ClientReportStore> {
  /** Why nothing can be stored now, for a client to read; null when all is well. Cheap. Absent: this cannot happen. */
  trouble?(): string | null;
  /** What is left to do, for metrics. Absent: the store does not say. */
  work?(): WorkFigures;
  /** Tells what other servers store in the same place, and this one. Absent: there are no others. Returns what ends it. */
  watch?(watcher: ChangeWatcher): () => Promise<void>;
  /** Resolves when pending writes are durable and the files are closed. Safe to call twice. */
  close(): Promise<void>;
}

/** A store that names its sessions and is searched. */
export interface SearchableStore
  extends Omit<Store, keyof SessionSearcher | keyof Retention>,
    SessionSearcher,
    Digests {}

export interface SessionQuery extends SessionOrder {
  /** 1 to 100. */
  readonly limit: number;
  /** `nextCursor` of the previous page of the same order; or `offset`, for clients that count pages. */
  readonly cursor?: string;
  readonly offset?: number;
  /** Default: all. */
  readonly filter?: SessionFilter;
}

export interface SessionList {
  readonly sessions: readonly StoredSession[];
  readonly nextCursor: string | null;
  /** How many the query matches in all. Counted only when `offset` was given, else null. */
  readonly total: number | null;
}

export type StoredSession = SessionSummary;

export interface TraceQuery {
  /** 1 to 100; absent for all. */
  readonly limit?: number;
  readonly offset?: number;
  readonly sessionId?: string;
  readonly userId?: string;
  readonly name?: string;
  /** All of these. */
  readonly tags?: readonly string[];
  readonly version?: string;
  readonly release?: string;
  readonly environments?: readonly string[];
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Further conditions, all of them. */
  readonly where?: readonly TraceCondition[];
  /** Only traces whose revision is greater. */
  readonly afterRevision?: number;
  /** What traces are ordered by. Default: start. */
  readonly sort?: 'start' | 'end';
  readonly order?: 'asc' | 'desc';
  /** Whether `total` is asked for, which takes longer than a page. Default true. */
  readonly isCounted?: boolean;
}

export interface TraceList {
  readonly traces: readonly StoredTrace[];
  /** How many the query matches in all; when it is not counted, how many are known of: those of this page and before it. */
  readonly total: number;
}

/** A trace with its attributes and totals. */
export interface StoredTrace extends TraceAttributes {
  readonly id: string;
  /** The trace's name attribute, else the name of its root, else of its first observation. */
  readonly name: string;
  readonly nameFrom: 'attribute' | 'root' | 'first';
  /**
   * Grows with every change of the trace, its observations, their logs and its annotations. A store numbers its transactions:
   * what one transaction changed has one revision, greater than any before. 0 in files from before there were revisions.
   */
  readonly revision: number;
  readonly startMs: number;
  /** The latest start or end of its observations. */
  readonly endMs: number;
  readonly observationCount: number;
  readonly errorCount: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  /** In US dollars; null when no observation has a cost. */
  readonly totalCost: number | null;
  /** Whether any of the cost was estimated from tokens and prices. */
  readonly costEstimated: boolean;
}

/** An observation without its body. */
export interface StoredObservation extends Omit<Observation, 'body' | 'trace' | 'statements' | 'pieceCount'> {
  readonly type: ObservationType;
  readonly level: ObservationLevel;
  /** The session of its trace. */
  readonly sessionId: string | null;
}
