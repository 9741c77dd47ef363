import type { Observation } from '../observation/observation.js';
import { annotationsInMemory } from './annotations.js';
import type { SessionQuery, Store, StoredObservation, StoredSession, StoredTrace, TraceQuery } from './contract.js';
import { readCursor, writeCursor } from './cursor.js';
import { logEventsInMemory } from './log-events.js';
import { mediaInMemory } from './media.js';
import { byStart, compareRanks, compareText, versionText } from './order.js';
import { PiecesInMemory } from './pieces.js';
import { spendOfTrace } from './spend.js';
import { shownTotals, sumTotals, totalsOf } from './totals.js';
import { MergedTraceAttributes } from './trace-attributes.js';

/**
 * A store in memory. It keeps what was delivered and computes every total when asked: slow, but simple enough to compare other
 * stores with.
 */
export function memoryStore(): Store {
  const projects = new Map<string, Map<string, Trace>>();
  const tracesOf = (projectId: string) => [...(projects.get(projectId)?.values() ?? [])];
  /** Of sessions: also of those that a trace has left. */
  const revisions = new Map<string, number>();
  const revisionOf = (projectId: string) => (id: string) => revisions.get(sessionKey(projectId, id)) ?? 0;
  const sessionsOf = (projectId: string) => gatherSessions(tracesOf(projectId), revisionOf(projectId));
  const traceOf = (projectId: string, traceId: string) => projects.get(projectId)?.get(traceId);

  const pieces = new Map<string, PiecesInMemory>();
  const annotations = annotationsInMemory();
  const logEvents = logEventsInMemory();
  let revision = 0;

  function write(projectId: string, batch: readonly Observation[]): void {
    const traces = projects.get(projectId) ?? new Map<string, Trace>();
    projects.set(projectId, traces);
    revision += 1;
    for (const observation of batch) {
      const trace = traces.get(observation.traceId) ?? new Trace(observation.traceId);
      traces.set(observation.traceId, trace);
      touch(projectId, [trace]);
      trace.add(observation);
      touch(projectId, [trace]);
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

  return {
    async write(projectId, batch) {
      write(projectId, batch);
    },
    async writePieces(projectId, batch, complete = (observation) => observation) {
      const ofProject = pieces.get(projectId) ?? new PiecesInMemory();
      pieces.set(projectId, ofProject);
      write(projectId, ofProject.add(batch).map(complete));
    },
    ...logEvents,
    async writeLogEvents(projectId, events) {
      await logEvents.writeLogEvents(projectId, events);
      touchNamed(
        projectId,
        events.map(({ traceId }) => ({ traceId, sessionId: null })),
      );
    },
    ...annotations,
    async writeAnnotations(projectId, batch) {
      await annotations.writeAnnotations(projectId, batch);
      touchNamed(projectId, batch);
    },
    async deleteAnnotation(projectId, kind, id) {
      const { annotations: found } = await annotations.listAnnotations(projectId, { kind, id, limit: 1, offset: 0 });
      touchNamed(projectId, found);
      return annotations.deleteAnnotation(projectId, kind, id);
    },
    ...mediaInMemory(),
    async listSessions(projectId, query) {
      const orderMs = (session: StoredSession) =>
        query.orderBy === 'created' ? session.startMs : session.lastActivityMs;
      const latestFirst = (a: StoredSession, b: StoredSession) => orderMs(b) - orderMs(a) || compareText(b.id, a.id);
      const after = query.cursor === undefined ? null : readCursor(query.cursor);
      const matching = [...sessionsOf(projectId).values()]
        .filter((session) => sessionMatches(session, query))
        .map(({ shown }) => shown)
        .sort(latestFirst);
      const rest = matching.filter(
        (session) =>
          after === null ||
          orderMs(session) < after.ms ||
          (orderMs(session) === after.ms && compareText(session.id, after.id) < 0),
      );
      const from = query.offset ?? 0;
      const sessions = rest.slice(from, from + query.limit);
      const last = sessions.at(-1);
      return {
        sessions,
        nextCursor:
          last !== undefined && rest.length > from + query.limit
            ? writeCursor({ ms: orderMs(last), id: last.id })
            : null,
        total: query.offset === undefined ? null : matching.length,
      };
    },
    async getSession(projectId, sessionId) {
      return sessionsOf(projectId).get(sessionId)?.shown ?? null;
    },
    async listTraces(projectId, query) {
      const sign = query.order === 'desc' ? -1 : 1;
      const matching = tracesOf(projectId)
        .map((trace) => trace.shown())
        .filter((trace) => traceMatches(trace, query))
        .sort((a, b) => sign * (a.startMs - b.startMs || compareText(a.id, b.id)));
      const from = query.offset ?? 0;
      const to = query.limit === undefined ? undefined : from + query.limit;
      return { traces: matching.slice(from, to), total: matching.length };
    },
    async getTrace(projectId, traceId) {
      return traceOf(projectId, traceId)?.shown() ?? null;
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
      const observations = traceOf(projectId, traceId)?.observations() ?? [];
      return observations.find(({ id }) => id === observationId) ?? null;
    },
    async readBodies(projectId, of) {
      return of.map(({ traceId, id }) => traceOf(projectId, traceId)?.versions.get(id)?.body ?? null);
    },
    async close() {},
  };
}

class Trace {
  readonly id: string;
  /** The current version of each observation. */
  readonly versions = new Map<string, Observation>();
  readonly #attributes = new MergedTraceAttributes();
  revision = 0;

  constructor(id: string) {
    this.id = id;
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

  shown(): StoredTrace {
    const observations = this.observations().sort(byStart);
    const root = observations.find(({ parentId }) => parentId === null);
    const attributes = this.#attributes.toAttributes();
    return {
      ...attributes,
      id: this.id,
      name: attributes.name ?? (root ?? observations[0])?.name ?? '',
      nameFrom: attributes.name !== undefined ? 'attribute' : root !== undefined ? 'root' : 'first',
      revision: this.revision,
      startMs: Math.min(...observations.map(({ startMs }) => startMs)),
      endMs: Math.max(...observations.map(({ startMs, endMs }) => Math.max(startMs, endMs ?? startMs))),
      ...shownTotals(this.totals()),
    };
  }

  totals() {
    const versions = [...this.versions.values()];
    return { ...sumTotals(versions.map(totalsOf)), ...spendOfTrace(versions).total };
  }
}

function standsOver(a: Observation, b: Observation): boolean {
  const [textOfA, textOfB] = [versionText(a), versionText(b)];
  const rank = ({ endMs, pieceCount = 0 }: Observation, text: string) => ({ endMs, pieceCount, weight: text.length });
  const byRank = compareRanks(rank(a, textOfA), rank(b, textOfB));
  return byRank === 0 ? textOfA > textOfB : byRank > 0;
}

function sessionKey(projectId: string, sessionId: string): string {
  return `${projectId}\0${sessionId}`;
}

interface Session {
  readonly shown: StoredSession;
  /** The environments of its traces; the session shows the latest. */
  readonly environments: ReadonlySet<string>;
  readonly conversationIds: ReadonlySet<string>;
}

function gatherSessions(traces: readonly Trace[], revisionOf: (id: string) => number): Map<string, Session> {
  const grouped = new Map<string, Trace[]>();
  for (const trace of traces) {
    if (trace.sessionId === null) continue;
    grouped.set(trace.sessionId, [...(grouped.get(trace.sessionId) ?? []), trace]);
  }
  return new Map([...grouped].map(([id, ofSession]) => [id, toSession(id, ofSession, revisionOf(id))]));
}

function toSession(id: string, traces: readonly Trace[], revision: number): Session {
  const shown = traces.map((trace) => trace.shown());
  const latestFirst = shown.toSorted((a, b) => b.endMs - a.endMs || compareText(b.id, a.id));
  const userIds = new Set(latestFirst.flatMap(({ userId }) => userId ?? []));
  const environments = new Set(latestFirst.flatMap(({ environment }) => environment ?? []));
  const tags = new Set(shown.flatMap((trace) => trace.tags ?? []));
  return {
    shown: {
      id,
      userIds: [...userIds],
      environment: [...environments][0] ?? null,
      tags: [...tags].sort(compareText),
      traceCount: traces.length,
      ...shownTotals(sumTotals(traces.map((trace) => trace.totals()))),
      startMs: Math.min(...shown.map(({ startMs }) => startMs)),
      lastActivityMs: Math.max(...shown.map(({ endMs }) => endMs)),
      revision,
    },
    environments,
    conversationIds: new Set(shown.flatMap((trace) => trace.conversationIds ?? [])),
  };
}

function sessionMatches({ shown: session, environments, conversationIds }: Session, query: SessionQuery): boolean {
  return (
    startsWithin(session, query) &&
    (query.conversationId === undefined || conversationIds.has(query.conversationId)) &&
    (query.userId === undefined || session.userIds.includes(query.userId)) &&
    (query.tags ?? []).every((tag) => session.tags.includes(tag)) &&
    (!query.environments?.length || query.environments.some((environment) => environments.has(environment)))
  );
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
