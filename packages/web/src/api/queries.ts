import type { ReplayDocument, ReplayMessage } from '@powerrag/protocol';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ApiError, fetchMessage, fetchObservation, fetchSessions, type SessionFilter } from './client.js';
import { bringUpToDate } from './live-document.js';

const SESSIONS_PER_PAGE = 50;
/** A session whose last span came this recently goes on; an older one is taken to be over. */
const LIVE_FOR_MS = 120_000;
/** How often its changes are asked for where the server does not tell of them. */
const LIVE_REFRESH_MS = 2_000;

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
