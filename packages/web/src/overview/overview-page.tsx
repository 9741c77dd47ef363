import type { OverviewFigures } from '@powerrag/protocol';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { Link } from 'wouter';
import { navigate } from 'wouter/use-browser-location';
import { type ListView, listAddress, overviewAddress } from '../api/address.js';
import { filterAt, listTime } from '../api/list-request.js';
import { overviewQuery } from '../api/queries.js';
import { isTimeRange, TIME_RANGES, type TimeRangeName } from '../api/time-range.js';
import { formatCompact, formatCost, formatCount, formatDuration, NOTHING, plural } from '../ui/format.js';
import { Notice } from '../ui/notice.js';
import { DayChart } from './day-chart.js';
import { ValueTable } from './value-table.js';
import './overview.css';

const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What the sessions of a list come to, in all and by what they have in common. Each figure leads to its sessions. */
export default function OverviewPage({ list: given }: { readonly list: ListView }) {
  const address = overviewAddress(given);
  // biome-ignore lint/correctness/useExhaustiveDependencies: its address says all of a list
  const list = useMemo(() => given, [address]);
  const filter = useMemo(() => filterAt(list, listTime(address, Date.now())), [list, address]);
  const { data, error, refetch } = useQuery(overviewQuery(filter, TIME_ZONE));
  useEffect(() => {
    document.title = 'Overview · PowerRAG';
  }, []);
  return (
    <main className="app-main">
      <div className="overview">
        <header className="overview-head">
          <h1>Overview</h1>
          <select
            aria-label="Time"
            className="button"
            value={list.when ?? ''}
            onChange={({ target: { value } }) =>
              navigate(overviewAddress({ ...list, when: isTimeRange(value) ? value : null }))
            }
          >
            <option value="">Any time</option>
            {(Object.keys(TIME_RANGES) as TimeRangeName[]).map((name) => (
              <option key={name} value={name}>
                {TIME_RANGES[name].label}
              </option>
            ))}
          </select>
          {data !== undefined && !data.isExact && (
            <p className="quiet">Of the latest {plural(data.total.sessionCount, 'session')}; more match.</p>
          )}
        </header>
        {error !== null && (
          <Notice title="The overview could not be loaded" tone="danger">
            <p>{error.message}</p>
            <button type="button" className="button" onClick={() => void refetch()}>
              Try again
            </button>
          </Notice>
        )}
        <Totals figures={data?.total} list={list} />
        {data !== undefined && data.total.sessionCount === 0 && <Notice title="No session matches." icon="filter" />}
        {data !== undefined && data.total.sessionCount > 0 && (
          <>
            <DayChart days={data.days} list={list} />
            <ValueTable title="By model" name="model" rows={data.models} list={list} />
            <ValueTable title="By environment" name="environment" rows={data.environments} list={list} />
            <ValueTable title="By tag" name="tag" rows={data.tags} list={list} />
            <p className="quiet overview-note">
              Latency is how long a trace took, over the latest {plural(data.measuredTraceCount, 'trace')}. A session
              with several models or tags counts in each of their rows.
            </p>
          </>
        )}
      </div>
    </main>
  );
}

function Totals({ figures, list }: { readonly figures: OverviewFigures | undefined; readonly list: ListView }) {
  const duration = (ms: number | null | undefined) => (ms == null ? NOTHING : formatDuration(ms));
  const all = listAddress(list);
  const withErrors = listAddress({ ...list, filter: { ...list.filter, hasErrors: true } });
  const tiles: readonly (readonly [name: string, value: string, href: string])[] = [
    ['Sessions', formatCount(figures?.sessionCount ?? 0), all],
    ['Users', formatCount(figures?.userCount ?? 0), all],
    ['Sessions with errors', formatCount(figures?.failedSessionCount ?? 0), withErrors],
    ['Cost', formatCost(figures?.totalCost ?? null), listAddress({ ...list, sort: 'cost' })],
    ['Tokens', formatCompact(figures?.totalTokens ?? 0), listAddress({ ...list, sort: 'tokens' })],
    ['Latency p50', duration(figures?.latencyP50Ms), all],
    ['Latency p95', duration(figures?.latencyP95Ms), listAddress({ ...list, sort: 'duration' })],
  ];
  return (
    <ul className="overview-totals" aria-label="Totals" aria-busy={figures === undefined}>
      {tiles.map(([name, value, href]) => (
        <li key={name} data-tone={name === 'Sessions with errors' && value !== '0' ? 'danger' : undefined}>
          <Link href={href}>
            <span className="overview-name">{name}</span>
            <span className="overview-value">{figures === undefined ? '\u00a0' : value}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
