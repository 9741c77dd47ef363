import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { FILTERS, sessionsAddress } from '../api/address.js';
import type { SessionFilter } from '../api/client.js';
import { sessionsQuery } from '../api/queries.js';
import { Icon } from '../ui/icon.js';
import { Notice } from '../ui/notice.js';
import { Name } from '../ui/shown-text.js';
import { FirstTrace } from './first-trace.js';
import { useListPlace } from './list-place.js';
import { SessionsTable } from './sessions-table.js';
import { useRowKeys } from './use-row-keys.js';
import './sessions.css';

const CLOCK_MS = 30_000;

const FILTER_NAMES: Record<keyof SessionFilter, string> = {
  userId: 'User',
  environment: 'Environment',
  tag: 'Tag',
  conversationId: 'Conversation id',
};

/** All sessions, latest activity first. The address holds the filter: `?userId=…&tag=…`. */
export function SessionsPage({ filter }: { readonly filter: SessionFilter }) {
  const sessions = useInfiniteQuery(sessionsQuery(filter));
  const nowMs = useNow();
  useEffect(() => {
    document.title = 'Sessions · PowerRAG';
  }, []);
  const rows = sessions.data?.pages.flatMap((page) => page.data) ?? [];
  const filters = FILTERS.flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const filtered = filters.length > 0;
  const main = useRef<HTMLElement>(null);
  useListPlace(main, sessionsAddress(filter), rows.length > 0);
  useRowKeys(main);
  return (
    <main ref={main} className="app-main">
      <div className="sessions">
        <div className="sessions-head">
          <h1>Sessions</h1>
          {filters.map(([name, value]) => (
            <button
              key={name}
              type="button"
              className="chip filter-chip"
              onClick={() => navigate(sessionsAddress({ ...filter, [name]: '' }))}
            >
              {FILTER_NAMES[name]}: <Name text={value} />
              <Icon name="close" size={10} />
              <span className="visually-hidden">Remove this filter</span>
            </button>
          ))}
          <button type="button" className="button sessions-refresh" onClick={() => void sessions.refetch()}>
            Refresh
          </button>
        </div>
        {sessions.isPending && <Notice title="Loading sessions…" />}
        {sessions.isError && rows.length === 0 && (
          <Notice title="The sessions could not be loaded" tone="danger">
            <p>{sessions.error.message}</p>
            <button type="button" className="button" onClick={() => void sessions.refetch()}>
              Try again
            </button>
          </Notice>
        )}
        {sessions.isSuccess && rows.length === 0 && !filtered && <FirstTrace />}
        {sessions.isSuccess && rows.length === 0 && filtered && <Notice title="No session matches this filter." />}
        {rows.length > 0 && <SessionsTable rows={rows} filter={filter} nowMs={nowMs} />}
        {sessions.hasNextPage && (
          <button
            type="button"
            className="button sessions-more"
            disabled={sessions.isFetchingNextPage}
            onClick={() => void sessions.fetchNextPage()}
          >
            {sessions.isFetchingNextPage ? 'Loading…' : 'Load more'}
          </button>
        )}
        {sessions.isError && rows.length > 0 && (
          <p role="alert" className="sessions-error">
            {sessions.error.message}
          </p>
        )}
      </div>
    </main>
  );
}

function useNow(): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), CLOCK_MS);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
