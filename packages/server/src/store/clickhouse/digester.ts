import { groupBy } from '@powerrag/protocol';
import type { Log } from '../../base/log.js';
import type { ObservationBody } from '../../observation/observation.js';
import type { StoredObservation, StoredTrace } from '../contract.js';
import { type DigestTrace, EMPTY_DIGEST, MAX_DIGESTED, type TraceDigest } from '../digests.js';
import type { LogEvent, LogEvents } from '../log-events.js';
import { StoreUnavailable } from '../unavailable.js';
import { IN_PROJECT } from './conditions.js';
import type { Connection, Row } from './connection.js';
import { inChunks } from './lists.js';
import type { ClickhouseReader } from './reader.js';
import { searchText } from './search-text.js';

export interface DigesterDeps {
  readonly connection: Connection;
  readonly reader: Pick<ClickhouseReader, 'versionedTraces' | 'observationsOf' | 'readBodies'>;
  readonly logEvents: Pick<LogEvents, 'readLogEvents'>;
  readonly digestTrace: DigestTrace;
  /** Computes the rows of sessions from what is stored. */
  readonly computeSessions: (projectId: string, sessionIds: readonly string[]) => Promise<void>;
  /** Is told of sessions that got other names. */
  readonly named: (projectId: string, sessionIds: readonly string[]) => Promise<void>;
  readonly log: Log;
}

interface DueTrace {
  readonly projectId: string;
  readonly traceId: string;
}

interface DigestedText {
  readonly observation: StoredObservation;
  readonly body: ObservationBody | null;
  readonly events: readonly LogEvent[];
}

interface DigestedTrace {
  readonly row: Row;
  readonly sessionId: string | undefined;
  readonly isNew: boolean;
}

/**
 * @param traceVersion of the row of the trace that the digest was made from, at least.
 * @param logEventCount the log events that it was made from: both only grow.
 */
export function digestRow(
  projectId: string,
  traceId: string,
  { entries, ...names }: TraceDigest,
  { traceVersion, logEventCount }: { readonly traceVersion: bigint; readonly logEventCount: number },
): Row {
  return {
    ...{ project_id: projectId, trace_id: traceId, version: String(traceVersion + BigInt(logEventCount)) },
    ...{ digest: JSON.stringify(names), entries: JSON.stringify(entries), words: searchText(entries) },
  };
}

/** Milliseconds after a write before its traces are digested: what is written meanwhile is digested with it. */
const WAIT_MS = 1_000;
/** The pause after a round is this many times as long as the round: a fifth of the time is for digests. */
const PAUSES = 4;
/** Traces whose digests are stored together. */
const AT_ONCE = 50;
/** Traces whose texts are in memory together. */
const FEW = 8;
/** Traces that wait. Of more, those that wait longest are not digested before they change again. */
const MOST_DUE = 100_000;

/** Makes the digests of the traces that this server changes, some time after they were stored. */
export class Digester {
  readonly #deps: DigesterDeps;
  readonly #due = new Map<string, DueTrace>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(deps: DigesterDeps) {
    this.#deps = deps;
  }

  add(projectId: string, traceIds: Iterable<string>): void {
    for (const traceId of traceIds) this.#due.set(`${projectId}\0${traceId}`, { projectId, traceId });
    for (const key of this.#due.keys()) {
      if (this.#due.size <= MOST_DUE) break;
      this.#due.delete(key);
    }
    this.#wake(WAIT_MS);
  }

  /** Resolves when nothing is due. Rejects with `StoreUnavailable`. */
  async finish(): Promise<void> {
    await this.#round;
    while (this.#due.size > 0) await this.#digestSome();
  }

  /** What is due is not digested any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #wake(waitMs: number): void {
    if (this.#isClosed || this.#timer !== undefined || this.#due.size === 0) return;
    this.#timer = setTimeout(() => {
      const start = performance.now();
      this.#round = this.#digestSome()
        .catch((error: unknown) => {
          // Said in the log by the connection; what was due is due again.
          if (!(error instanceof StoreUnavailable)) this.#deps.log.error('the names of sessions cannot be read', error);
        })
        .finally(() => {
          this.#timer = undefined;
          this.#wake(Math.max(WAIT_MS, (performance.now() - start) * PAUSES));
        });
    }, waitMs).unref();
  }

  async #digestSome(): Promise<void> {
    const some = [...this.#due].slice(0, AT_ONCE);
    for (const [key] of some) this.#due.delete(key);
    try {
      for (const [projectId, traces] of groupBy(
        some.map(([, trace]) => trace),
        (trace) => trace.projectId,
      )) {
        const digests: DigestedTrace[] = [];
        const traceIds = traces.map(({ traceId }) => traceId);
        for (const few of inChunks(traceIds, FEW)) digests.push(...(await this.#digestFew(projectId, few)));
        await this.#deps.connection.insert(
          'trace_digests',
          digests.map(({ row }) => row),
        );
        const sessionIds = new Set(digests.flatMap(({ sessionId }) => sessionId ?? []));
        await this.#deps.computeSessions(projectId, [...sessionIds]);
        const named = new Set(digests.flatMap(({ sessionId, isNew }) => (isNew ? (sessionId ?? []) : [])));
        await this.#deps.named(projectId, [...named]);
      }
    } catch (error) {
      for (const [key, trace] of some) if (!this.#due.has(key)) this.#due.set(key, trace);
      throw error;
    }
  }

  /** The digests of those of the traces that are there: their texts are in memory together. */
  async #digestFew(projectId: string, traceIds: readonly string[]): Promise<DigestedTrace[]> {
    const { connection, reader, logEvents } = this.#deps;
    // Before what they are made from: a digest of more than its version says is replaced by that of the later version.
    const traces = await reader.versionedTraces(projectId, traceIds);
    if (traces.length === 0) return [];
    const all = await reader.observationsOf(
      projectId,
      traces.map(({ trace }) => trace),
    );
    const digested = [...all.values()].flatMap((ofTrace) => ofTrace.slice(0, MAX_DIGESTED));
    const [bodies, events, before] = await Promise.all([
      reader.readBodies(projectId, digested),
      logEvents.readLogEvents(projectId, digested),
      connection.query<{ trace_id: string; digest: string }>(
        `SELECT trace_id, digest FROM trace_digests FINAL WHERE ${IN_PROJECT} AND trace_id IN {traces:Array(String)}`,
        { project: projectId, traces: traceIds },
      ),
    ]);
    const digestBefore = new Map(before.map(({ trace_id, digest }) => [trace_id, digest]));
    const texts = digested.map((observation, index) => ({
      observation,
      body: bodies[index] ?? null,
      events: events[index] ?? [],
    }));
    const textsOf = groupBy(texts, ({ observation }) => observation.traceId);
    return traces.map(({ trace, version }) => {
      const ofTrace = textsOf.get(trace.id) ?? [];
      const logEventCount = ofTrace.reduce((sum, each) => sum + each.events.length, 0);
      const digest = this.#derive(trace, ofTrace);
      const row = digestRow(projectId, trace.id, digest, { traceVersion: version, logEventCount });
      return { row, sessionId: trace.sessionId, isNew: digestBefore.get(trace.id) !== row.digest };
    });
  }

  /** A trace that cannot be digested has no words; the others must not wait for it. */
  #derive(trace: StoredTrace, texts: readonly DigestedText[]): TraceDigest {
    const byId = new Map(texts.map((each) => [each.observation.id, each]));
    try {
      return this.#deps.digestTrace({
        ...{ trace, observations: texts.map(({ observation }) => observation) },
        readBody: (id) => byId.get(id)?.body ?? null,
        readLogEvents: (id) => byId.get(id)?.events ?? [],
      });
    } catch (error) {
      this.#deps.log.error('the words of a trace cannot be read, so that they do not name its session', error);
      return EMPTY_DIGEST;
    }
  }
}
