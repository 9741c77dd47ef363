import type { Observation } from '../observation/observation.js';
import { annotationsInMemory } from './annotations.js';
import type { SearchableStore, StoredObservation, StoredTrace, TraceQuery } from './contract.js';
import { type DigestTrace, MAX_DIGESTED, NO_DIGEST, type TraceToDigest } from './digests.js';
import { searchInMemory } from './digests-in-memory.js';
import { logEventsInMemory } from './log-events.js';
import { mediaInMemory } from './media.js';
import { deletionInMemory } from './memory-deletion.js';
import { gatherSessions, listSessions, sessionFacets, sessionNeighbours } from './memory-sessions.js';
import { byStart, compareRanks, compareText, compareVersionTexts, versionText } from './order.js';
import { PiecesInMemory } from './pieces.js';
import type { Retention } from './retention.js';
import { MAX_COUNT, sessionMatches } from './session-filter.js';
import { summariseTrace, type TraceSummary } from './summary.js';
import { MergedTraceAttributes } from './trace-attributes.js';
import { meetsCondition } from './trace-conditions.js';

/**
 * A store in memory. It keeps what was delivered and computes every total when asked: slow, but simple enough to compare other
 * stores with.
 *
 * @param digestTrace what names of sessions and search follow from. Default: nothing.
 * @param now Unix milliseconds. Default: the system's clock.
 */
export function memoryStore(
  digestTrace: DigestTrace = NO_DIGEST,
  now: () => number = Date.now,
): SearchableStore & Retention {
  const projects = new Map<string, Map<string, Trace>>();
  const tracesOf = (projectId: string) => [...(projects.get(projectId)?.values() ?? [])];
  /** Of sessions: also of those that a trace has left. */
  const revisions = new Map<string, number>();
  /** When observations of a session were last stored. */
  const seen = new Map<string, number>();
  const annotations = annotationsInMemory();
  const { eventsOf, removeEvents, ...logEvents } = logEventsInMemory();
  const sessionsOf = (projectId: string) =>
    gatherSessions(
      tracesOf(projectId).map((trace) => trace.summary()),
      (sessionId, traceIds) => annotations.scoresOf(projectId, sessionId, new Set(traceIds)),
      (sessionId) => revisions.get(sessionKey(projectId, sessionId)) ?? 0,
      (sessionId) => seen.get(sessionKey(projectId, sessionId)) ?? 0,
    );
  const traceOf = (projectId: string, traceId: string) => projects.get(projectId)?.get(traceId);

  const pieces = new Map<string, PiecesInMemory>();
  let revision = 0;

  function write(projectId: string, batch: readonly Observation[]): void {
    const traces = projects.get(projectId) ?? new Map<string, Trace>();
    projects.set(projectId, traces);
    revision += 1;
    for (const observation of batch) {
      const { traceId } = observation;
      if (deletion.isDeleted(projectId, 'trace', traceId)) continue;
      const readLogEvents = (id: string) => eventsOf(projectId, { traceId, id });
      const trace = traces.get(traceId) ?? new Trace(traceId, { digestTrace, readLogEvents });
      traces.set(traceId, trace);
      touch(projectId, [trace]);
      trace.add(observation);
      touch(projectId, [trace]);
      if (trace.sessionId !== null) seen.set(sessionKey(projectId, trace.sessionId), now());
    }
  }

  /** Sets the current revision on traces and their sessions. */
  function touch(projectId: string, traces: readonly (Trace | undefined)[]): void {
    for (const trace of traces) {
      if (trace === undefined) continue;
      trace.revision = revision;
      if (trace.sessionId !== null) revisions.set(sessionKey(projectId, trace.sessionId), revision);
    }
  }

  function touchNamed(
    projectId: string,
    of: readonly { readonly traceId: string | null; readonly sessionId: string | null }[],
  ): void {
    revision += 1;
    for (const { traceId, sessionId } of of) {
      if (traceId !== null) touch(projectId, [traceOf(projectId, traceId)]);
      if (sessionId !== null) revisions.set(sessionKey(projectId, sessionId), revision);
    }
  }

  const deletion = deletionInMemory({
    tracesOf: (projectId) => tracesOf(projectId).map((trace) => trace.summary().shown),
    begin() {
      revision += 1;
    },
    remove(projectId, traceId) {
      touch(projectId, [traceOf(projectId, traceId)]);
      const observationIds = new Set(traceOf(projectId, traceId)?.versions.keys());
      projects.get(projectId)?.delete(traceId);
      removeEvents(projectId, traceId);
      return { observationIds, sources: pieces.get(projectId)?.remove(traceId) ?? new Set() };
    },
    annotations,
  });

  return {
    deleteTraces: deletion.deleteTraces,
    purged: async () => {},
    async write(projectId, batch) {
      write(projectId, batch);
    },
    async writePieces(projectId, batch, complete = (observation) => observation) {
      const ofProject = pieces.get(projectId) ?? new PiecesInMemory();
      pieces.set(projectId, ofProject);
      write(projectId, ofProject.add(deletion.leaveOut(projectId, batch)).map(complete));
    },
    ...logEvents,
    async writeLogEvents(projectId, batch) {
      const events = deletion.leaveOut(projectId, batch);
      await logEvents.writeLogEvents(projectId, events);
      touchNamed(
        projectId,
        events.map(({ traceId }) => ({ traceId, sessionId: null })),
      );
    },
    ...annotations,
    async writeAnnotations(projectId, all) {
      const batch = deletion.leaveOut(projectId, all);
      await annotations.writeAnnotations(projectId, batch);
      touchNamed(projectId, batch);
    },
    async deleteAnnotation(projectId, kind, id) {
      const asked = { kind, anyOf: { id: [id] }, limit: 1, offset: 0 };
      const { annotations: found } = await annotations.listAnnotations(projectId, asked);
      touchNamed(projectId, found);
      return annotations.deleteAnnotation(projectId, kind, id);
    },
    ...mediaInMemory(),
    async listSessions(projectId, query) {
      return listSessions(sessionsOf(projectId).values(), query);
    },
    async countSessions(projectId, filter) {
      const matching = [...sessionsOf(projectId).values()].filter((facts) => sessionMatches(facts, filter));
      return { count: Math.min(matching.length, MAX_COUNT), isExact: matching.length <= MAX_COUNT };
    },
    async sessionFacets(projectId, query) {
      return sessionFacets(sessionsOf(projectId).values(), query);
    },
    async sessionNeighbours(projectId, sessionId, query) {
      return sessionNeighbours(sessionsOf(projectId), sessionId, query);
    },
    async searchSessions(projectId, query) {
      const tracesIn = (sessionId: string) =>
        tracesOf(projectId)
          .filter((trace) => trace.sessionId === sessionId)
          .map((trace) => trace.summary());
      return searchInMemory((page) => listSessions(sessionsOf(projectId).values(), page), tracesIn, query);
    },
    async digested() {},
    async getSession(projectId, sessionId) {
      return sessionsOf(projectId).get(sessionId)?.session ?? null;
    },
    async listTraces(projectId, query) {
      const sign = query.order === 'desc' ? -1 : 1;
      const by = query.sort === 'end' ? 'endMs' : 'startMs';
      const matching = tracesOf(projectId)
        .map((trace) => trace.summary())
        .filter(({ shown, texts }) => (query.where ?? []).every((each) => meetsCondition(shown, texts, each)))
        .map(({ shown }) => shown)
        .filter((trace) => traceMatches(trace, query))
        .sort((a, b) => sign * (a[by] - b[by] || compareText(a.id, b.id)));
      const from = query.offset ?? 0;
      const to = query.limit === undefined ? undefined : from + query.limit;
      const traces = matching.slice(from, to);
      return { traces, total: query.isCounted === false ? from + traces.length : matching.length };
    },
    async getTrace(projectId, traceId) {
      return traceOf(projectId, traceId)?.summary().shown ?? null;
    },
    async listTraceIds(projectId, sessionId) {
      return tracesOf(projectId).flatMap((trace) => (trace.sessionId === sessionId ? trace.id : []));
    },
    async listObservations(projectId, of) {
      const traces =
        'traceId' in of
          ? [traceOf(projectId, of.traceId)]
          : tracesOf(projectId).filter((trace) => trace.sessionId === of.sessionId);
      return traces.flatMap((trace) => trace?.observations() ?? []).sort(byStart);
    },
    async getObservation(projectId, traceId, observationId) {
      const traces = traceId === null ? tracesOf(projectId) : [traceOf(projectId, traceId)];
      const found = traces.filter((trace) => trace?.versions.has(observationId) === true);
      const endOf = (trace: Trace | undefined) => trace?.summary().shown.endMs ?? 0;
      found.sort((a, b) => endOf(b) - endOf(a) || compareText(b?.id ?? '', a?.id ?? ''));
      return found[0]?.observations().find(({ id }) => id === observationId) ?? null;
    },
    async readBodies(projectId, of) {
      return of.map(({ traceId, id }) => traceOf(projectId, traceId)?.versions.get(id)?.body ?? null);
    },
    async close() {},
  };
}

interface TraceDeps extends Pick<TraceToDigest, 'readLogEvents'> {
  readonly digestTrace: DigestTrace;
}

class Trace {
  readonly id: string;
  /** The current version of each observation. */
  readonly versions = new Map<string, Observation>();
  readonly #attributes = new MergedTraceAttributes();
  revision = 0;

  readonly #deps: TraceDeps;

  constructor(id: string, deps: TraceDeps) {
    this.id = id;
    this.#deps = deps;
  }

  get sessionId(): string | null {
    return this.#attributes.fields.sessionId?.value ?? null;
  }

  add(observation: Observation): void {
    const standing = this.versions.get(observation.id);
    if (standing === undefined || standsOver(observation, standing)) this.versions.set(observation.id, observation);
    this.#attributes.merge(observation);
  }

  observations(): StoredObservation[] {
    return [...this.versions.values()].map(
      ({ body: _body, trace: _trace, statements: _statements, pieceCount: _pieces, ...rest }) => ({
        ...rest,
        sessionId: this.sessionId,
      }),
    );
  }

  summary(): TraceSummary {
    const { digestTrace, readLogEvents } = this.#deps;
    const all = this.observations().sort(byStart);
    const summary = summariseTrace(this.id, all, this.#attributes, this.revision);
    const readBody = (id: string) => this.versions.get(id)?.body ?? null;
    const observations = all.slice(0, MAX_DIGESTED);
    return { ...summary, digest: digestTrace({ trace: summary.shown, observations, readBody, readLogEvents }) };
  }
}

function standsOver(a: Observation, b: Observation): boolean {
  const [textOfA, textOfB] = [versionText(a), versionText(b)];
  const rank = ({ endMs, pieceCount = 0 }: Observation, text: string) => ({ endMs, pieceCount, weight: text.length });
  const byRank = compareRanks(rank(a, textOfA), rank(b, textOfB));
  return (byRank === 0 ? compareVersionTexts(textOfA, textOfB) : byRank) > 0;
}

function sessionKey(projectId: string, sessionId: string): string {
  return `${projectId}\0${sessionId}`;
}

function traceMatches(trace: StoredTrace, query: TraceQuery): boolean {
  const fields = ['sessionId', 'userId', 'name', 'version', 'release'] as const;
  return (
    startsWithin(trace, query) &&
    trace.revision > (query.afterRevision ?? -1) &&
    fields.every((field) => query[field] === undefined || query[field] === trace[field]) &&
    (query.tags ?? []).every((tag) => trace.tags?.includes(tag)) &&
    (!query.environments?.length || query.environments.some((environment) => environment === trace.environment))
  );
}

function startsWithin(
  { startMs }: { readonly startMs: number },
  { fromMs, toMs }: { readonly fromMs?: number; readonly toMs?: number },
): boolean {
  return (fromMs === undefined || startMs >= fromMs) && (toMs === undefined || startMs < toMs);
}
