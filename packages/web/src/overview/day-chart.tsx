import type { OverviewRow } from '@powerrag/protocol';
import { Link } from 'wouter';
import { type ListView, listAddress } from '../api/address.js';
import { formatCost, formatCount, formatDuration, plural } from '../ui/format.js';
import { everyDay, onDay } from './day-link.js';

const dayName = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  month: 'short',
  day: 'numeric',
  timeZone: 'UTC',
});

type Day = ReturnType<typeof everyDay>[number];

/** How to draw one figure of a day. */
interface Chart {
  readonly name: string;
  readonly of: (row: OverviewRow) => number;
  readonly format: (value: number) => string;
  /** The part of the bar that failed. */
  readonly failed?: (row: OverviewRow) => number;
}

const CHARTS: readonly Chart[] = [
  {
    name: 'Sessions by day',
    of: ({ sessionCount }) => sessionCount,
    format: formatCount,
    failed: ({ failedSessionCount }) => failedSessionCount,
  },
  { name: 'Cost by day', of: ({ totalCost }) => totalCost ?? 0, format: formatCost },
  { name: 'Latency p95 by day', of: ({ latencyP95Ms }) => latencyP95Ms ?? 0, format: formatDuration },
];

/** Sessions, cost and latency of each day; a bar leads to the sessions of its day. */
export function DayChart({ days: rows, list }: { readonly days: readonly OverviewRow[]; readonly list: ListView }) {
  const days = everyDay(rows);
  return (
    <div className="overview-charts">
      {CHARTS.map((chart) => (
        <Bars key={chart.name} chart={chart} days={days} list={list} />
      ))}
    </div>
  );
}

function Bars({
  chart,
  days,
  list,
}: {
  readonly chart: Chart;
  readonly days: readonly Day[];
  readonly list: ListView;
}) {
  const most = Math.max(...days.map(({ row }) => (row === null ? 0 : chart.of(row))));
  const share = (value: number) => (most === 0 ? 0 : (value / most) * 100);
  return (
    <section className="overview-chart" aria-label={chart.name}>
      <h2>
        {chart.name} <span className="quiet">up to {chart.format(most)}</span>
      </h2>
      <ol>
        {days.map(({ day, row }) => (
          <li key={day}>
            {row !== null && (
              <Link
                href={listAddress({ ...list, when: null, filter: onDay(list.filter, day) })}
                title={`${dayName.format(Date.parse(day))}: ${describe(chart, row)}`}
              >
                <span className="visually-hidden">
                  {dayName.format(Date.parse(day))}: {describe(chart, row)}
                </span>
                <span className="bar" style={{ height: `${Math.max(2, share(chart.of(row)))}%` }}>
                  {chart.failed !== undefined && chart.failed(row) > 0 && (
                    <span className="bar-failed" style={{ height: `${(chart.failed(row) / chart.of(row)) * 100}%` }} />
                  )}
                </span>
              </Link>
            )}
          </li>
        ))}
      </ol>
      <p className="overview-axis" aria-hidden="true">
        <span>{days[0] !== undefined && dayName.format(Date.parse(days[0].day))}</span>
        <span>{days.length > 1 && dayName.format(Date.parse(days.at(-1)?.day ?? ''))}</span>
      </p>
    </section>
  );
}

function describe(chart: Chart, row: OverviewRow): string {
  const failed = chart.failed?.(row) ?? 0;
  return `${chart.format(chart.of(row))}${failed > 0 ? `, ${plural(failed, 'session')} with errors` : ''}`;
}
