import type { Page, SessionSummary } from '@powerrag/protocol';
import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import type { ListView } from '../api/address.js';
import { requestOf } from '../api/list-request.js';
import { newestSessionsQuery, sessionsQuery } from '../api/queries.js';

export interface LoadedList {
  readonly rows: readonly SessionSummary[];
  readonly isPending: boolean;
  /** The server has said that no session matches. */
  readonly isEmpty: boolean;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** Sessions that have come since, and are not shown yet. */
  readonly newCount: number;
  readonly showNew: () => void;
  readonly loadMore: () => void;
  readonly retry: () => void;
}

/**
 * The rows of a list. Once shown they keep their places: figures of a row change where it stands, and new sessions are counted until
 * somebody asks for them. Only an empty list fills by itself.
 */
export function useList(list: ListView, nowMs: number): LoadedList {
  const client = useQueryClient();
  const request = useMemo(() => requestOf(list, nowMs), [list, nowMs]);
  const options = useMemo(() => sessionsQuery(request), [request]);
  const sessions = useInfiniteQuery(options);
  const newest = useQuery({ ...newestSessionsQuery(request), enabled: sessions.isSuccess });
  const loaded = useMemo(() => sessions.data?.pages.flatMap((page) => page.data) ?? [], [sessions.data]);
  const fresh = newest.data?.data;
  const rows = useMemo(() => merged(loaded, fresh), [loaded, fresh]);
  const newCount = useMemo(() => countNew(rows, fresh), [rows, fresh]);
  const showNew = useCallback(() => {
    if (newest.data === undefined) return;
    const first: InfiniteData<Page<SessionSummary>, string | null> = { pages: [newest.data], pageParams: [null] };
    client.setQueryData(options.queryKey, first);
  }, [client, options, newest.data]);
  const isEmpty = sessions.isSuccess && loaded.length === 0;
  useEffect(() => {
    if (isEmpty && newCount > 0) showNew();
  }, [isEmpty, newCount, showNew]);
  return {
    rows,
    isPending: sessions.isPending,
    isEmpty,
    error: sessions.error,
    hasMore: sessions.hasNextPage,
    isLoadingMore: sessions.isFetchingNextPage,
    newCount,
    showNew,
    loadMore: () => void sessions.fetchNextPage(),
    retry: () => void sessions.refetch(),
  };
}

/** The rows in their places, each as it was last heard of. */
function merged(rows: readonly SessionSummary[], fresh: readonly SessionSummary[] | undefined) {
  if (fresh === undefined) return rows;
  const byId = new Map(fresh.map((session) => [session.id, session]));
  return rows.map((session) => byId.get(session.id) ?? session);
}

/** How many of the first page are not shown: they are new, or have moved up. */
function countNew(rows: readonly SessionSummary[], fresh: readonly SessionSummary[] | undefined): number {
  const shown = new Set(rows.map(({ id }) => id));
  return fresh?.filter(({ id }) => !shown.has(id)).length ?? 0;
}
