import type { ReplayDocument } from '@powerrag/protocol';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ApiError, fetchObservation, fetchReplay, fetchSessions, type SessionFilter } from './client.js';

const SESSIONS_PER_PAGE = 50;
/** A session whose last span came this recently goes on; an older one is taken to be over. */
const LIVE_FOR_MS = 120_000;
/** How often it is looked at: where the server does not tell of changes, and where it does. */
const LIVE_REFRESH_MS = { alone: 2_000, followed: 30_000 };

export function sessionsQuery(filter: SessionFilter) {
  return infiniteQueryOptions({
    queryKey: ['sessions', filter],
    queryFn: ({ pageParam, signal }) =>
      fetchSessions(
        { ...filter, limit: SESSIONS_PER_PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export function isLive({ session }: ReplayDocument, nowMs: number): boolean {
  return nowMs - session.lastActivityMs < LIVE_FOR_MS;
}

/** @param isFollowed whether the server tells of changes. Default false. */
export function replayQuery(sessionId: string, { isFollowed = false, now = Date.now } = {}) {
  const refreshMs = isFollowed ? LIVE_REFRESH_MS.followed : LIVE_REFRESH_MS.alone;
  return queryOptions({
    queryKey: ['replay', sessionId],
    queryFn: ({ signal }) => fetchReplay(sessionId, signal),
    refetchInterval: ({ state }) => (state.data !== undefined && isLive(state.data, now()) ? refreshMs : false),
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
