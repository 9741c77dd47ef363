import type {
  Facet,
  FacetCounts,
  FacetValue,
  SessionFacets,
  SessionFilter,
  SessionNeighbours,
  SessionSort,
} from '@powerrag/protocol';
import type { Annotation } from './annotations.js';
import type { SessionList, SessionQuery } from './contract.js';
import { readCursor, writeCursor } from './cursor.js';
import { compareText } from './order.js';
import {
  type FacetQuery,
  filterForFacet,
  MAX_FACET_SESSIONS,
  type SessionFacts,
  type SessionOrder,
  sessionMatches,
  sortValue,
} from './session-filter.js';
import { summariseSession, type TraceSummary } from './summary.js';

/**
 * @param scoresOf the scores on a session and on anything in these traces.
 * @param revisionOf the revision of a session.
 * @param seenOf when something of a session was last stored, Unix milliseconds.
 */
export function gatherSessions(
  traces: readonly TraceSummary[],
  scoresOf: (sessionId: string, traceIds: readonly string[]) => readonly Annotation[],
  revisionOf: (sessionId: string) => number,
  seenOf: (sessionId: string) => number,
): Map<string, SessionFacts> {
  const grouped = new Map<string, TraceSummary[]>();
  for (const trace of traces) {
    const { sessionId } = trace.shown;
    if (sessionId === undefined) continue;
    grouped.set(sessionId, [...(grouped.get(sessionId) ?? []), trace]);
  }
  return new Map(
    [...grouped].map(([id, ofSession]) => {
      const traceIds = ofSession.map(({ shown }) => shown.id);
      const session = summariseSession(id, ofSession, revisionOf(id), seenOf(id));
      return [id, { ...session, scores: scoresOf(id, traceIds) }];
    }),
  );
}

/** Negative, zero or positive, as for `sort`. */
function compareSessions({ sort = 'lastActivity', order = 'desc' }: SessionOrder) {
  const sign = order === 'desc' ? -1 : 1;
  return (a: SessionFacts, b: SessionFacts) => sign * comparePlaces(placeOf(a, sort), placeOf(b, sort));
}

interface Place {
  readonly value: number;
  readonly id: string;
}

function placeOf(facts: SessionFacts, sort: SessionSort): Place {
  return { value: sortValue(facts, sort), id: facts.session.id };
}

function comparePlaces(a: Place, b: Place): number {
  return a.value - b.value || compareText(a.id, b.id);
}

export function listSessions(all: Iterable<SessionFacts>, query: SessionQuery): SessionList {
  const { sort = 'lastActivity', order = 'desc', cursor, offset, limit, filter = {} } = query;
  const sign = order === 'desc' ? -1 : 1;
  const after = cursor === undefined ? null : readCursor(cursor, { sort, order });
  const matching = [...all].filter((facts) => sessionMatches(facts, filter)).sort(compareSessions({ sort, order }));
  const rest = matching.filter((facts) => after === null || sign * comparePlaces(placeOf(facts, sort), after) > 0);
  const page = rest.slice(offset ?? 0, (offset ?? 0) + limit);
  const last = page.at(-1);
  const hasMore = last !== undefined && rest.length > (offset ?? 0) + limit;
  return {
    sessions: page.map(({ session }) => session),
    nextCursor: hasMore ? writeCursor({ sort, order }, placeOf(last, sort)) : null,
    total: offset === undefined ? null : matching.length,
  };
}

export function sessionNeighbours(
  all: ReadonlyMap<string, SessionFacts>,
  sessionId: string,
  { filter = {}, ...order }: SessionOrder & { readonly filter?: SessionFilter },
): SessionNeighbours | null {
  const one = all.get(sessionId);
  if (one === undefined) return null;
  const compare = compareSessions(order);
  const matching = [...all.values()].filter((facts) => sessionMatches(facts, filter)).sort(compare);
  return {
    previous: matching.findLast((facts) => compare(facts, one) < 0)?.session.id ?? null,
    next: matching.find((facts) => compare(facts, one) > 0)?.session.id ?? null,
  };
}

export function sessionFacets(all: Iterable<SessionFacts>, { filter, facets, limit }: FacetQuery): SessionFacets {
  const latestFirst = [...all].sort(compareSessions({}));
  return Object.fromEntries(
    facets.map((facet): [Facet, FacetCounts] => {
      const matching = latestFirst.filter((facts) => sessionMatches(facts, filterForFacet(filter, facet)));
      const isExact = matching.length <= MAX_FACET_SESSIONS;
      const counted = matching.slice(0, MAX_FACET_SESSIONS).flatMap((facts) => [...valuesOf(facts, facet)]);
      return [facet, { values: countValues(counted).slice(0, limit), isExact }];
    }),
  );
}

function valuesOf({ session, texts, scores }: SessionFacts, facet: Facet): Iterable<string> {
  if (facet === 'hasErrors') return [String(session.errorCount > 0)];
  if (facet === 'score') return new Set(scores.map(({ name }) => name));
  return texts.get(facet) ?? [];
}

function countValues(values: readonly string[]): FacetValue[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || compareText(a.value, b.value));
}
