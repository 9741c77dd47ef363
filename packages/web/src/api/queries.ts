import type { Facet, ReplayDocument, ReplayMessage, SessionFilter, SessionSummary } from '@powerrag/protocol';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import {
  ApiError,
  fetchActivities,
  fetchFacets,
  fetchFound,
  fetchMessage,
  fetchNeighbours,
  fetchObservation,
  fetchOverview,
  fetchSessionCount,
  fetchSessions,
  type SessionsRequest,
} from './client.js';
import { bringUpToDate } from './live-document.js';

const SESSIONS_PER_PAGE = 50;
/** A session whose last span came this recently goes on; an older one is taken to be over. */
const LIVE_FOR_MS = 120_000;
/** How often its changes are asked for where the server does not tell of them. */
const LIVE_REFRESH_MS = 2_000;

/** How often it is asked whether there are new sessions. */
const NEWS_EVERY_MS = 5_000;
/** The values of each facet that are offered. */
const FACET_VALUES = 12;

/** Rows stay as they were read until somebody asks for new ones: what is being read does not move. */
export function sessionsQuery(request: SessionsRequest) {
  return infiniteQueryOptions({
    queryKey: ['sessions', request],
    queryFn: ({ pageParam, signal }) =>
      fetchSessions({ ...request, limit: SESSIONS_PER_PAGE, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30 * 60_000,
  });
}

/** The first page as it is now, again and again. */
export function newestSessionsQuery(request: SessionsRequest) {
  return queryOptions({
    queryKey: ['newest sessions', request],
    queryFn: ({ signal }) => fetchSessions({ ...request, limit: SESSIONS_PER_PAGE, cursor: null }, signal),
    refetchInterval: NEWS_EVERY_MS,
    staleTime: NEWS_EVERY_MS,
  });
}

/** When things happened in these sessions, and how they were judged; asked for again when one of them changed. */
export function activitiesQuery(sessions: readonly Pick<SessionSummary, 'id' | 'revision'>[]) {
  return queryOptions({
    queryKey: ['activities', sessions.map(({ id, revision }) => [id, revision])],
    queryFn: ({ signal }) =>
      fetchActivities(
        sessions.map(({ id }) => id),
        signal,
      ),
    staleTime: 30_000,
  });
}

export function sessionCountQuery(filter: SessionFilter) {
  return queryOptions({
    queryKey: ['session count', filter],
    queryFn: ({ signal }) => fetchSessionCount(filter, signal),
    placeholderData: keepPreviousData,
  });
}

export function facetsQuery(filter: SessionFilter, facets: readonly Facet[]) {
  return queryOptions({
    queryKey: ['facets', filter, facets],
    queryFn: ({ signal }) => fetchFacets(filter, { facets, valueLimit: FACET_VALUES }, signal),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

/** While nothing is found, the search is made again: what was stored a moment ago may not be searchable yet. */
export function searchQuery(text: string, filter: SessionFilter) {
  return infiniteQueryOptions({
    queryKey: ['search', text, filter],
    queryFn: ({ pageParam, signal }) => fetchFound({ text, filter, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) => {
      const isEmpty = state.data?.pages.every(({ data, nextCursor }) => data.length === 0 && nextCursor === null);
      return isEmpty === true ? NEWS_EVERY_MS : false;
    },
    staleTime: 30_000,
  });
}

/** @param timeZone of the days: a zone of the IANA database. */
export function overviewQuery(filter: SessionFilter, timeZone: string) {
  return queryOptions({
    queryKey: ['overview', filter, timeZone],
    queryFn: ({ signal }) => fetchOverview(filter, timeZone, signal),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

export function neighboursQuery(sessionId: string, request: SessionsRequest) {
  return queryOptions({
    queryKey: ['neighbours', sessionId, request],
    queryFn: ({ signal }) => fetchNeighbours(sessionId, request, signal),
    staleTime: 10_000,
  });
}

function isLive({ session }: ReplayDocument, nowMs: number): boolean {
  return nowMs - session.lastActivityMs < LIVE_FOR_MS;
}

/**
 * A session; fetched again, only what changed is transferred.
 *
 * @param isFollowed whether the server tells of changes. Default false.
 */
export function replayQuery(sessionId: string, { isFollowed = false, now = Date.now } = {}) {
  const queryKey = ['replay', sessionId] as const;
  return queryOptions({
    queryKey,
    queryFn: ({ client, signal }) =>
      bringUpToDate(sessionId, client.getQueryData<ReplayDocument>(queryKey) ?? null, signal),
    refetchInterval: ({ state }) =>
      state.data !== undefined && !isFollowed && isLive(state.data, now()) ? LIVE_REFRESH_MS : false,
    // What did not change is the same objects already.
    structuralSharing: false,
  });
}

/** All of a message that the document holds cut. */
export function messageQuery(traceId: string, { key }: ReplayMessage) {
  return queryOptions({
    queryKey: ['message', traceId, key],
    queryFn: ({ signal }) => fetchMessage(traceId, key ?? '', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function observationQuery(traceId: string, id: string, ended: boolean) {
  return queryOptions({
    // An observation that has ended since it was fetched is another answer.
    queryKey: ['observation', traceId, id, ended],
    queryFn: ({ signal }) => fetchObservation(traceId, id, signal),
    staleTime: ended ? 60_000 : 0,
  });
}

/** Asks again where asking again can help: not after an answer that says "no". */
export function shouldRetry(failures: number, error: Error): boolean {
  const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
  return !refused && failures < 2;
}
