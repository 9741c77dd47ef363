import type { OverviewRow, SessionSort } from '@powerrag/protocol';
import { Link } from 'wouter';
import { type ListView, listAddress } from '../api/address.js';
import { costColumn, formatCompact, formatCount, formatDuration, NOTHING } from '../ui/format.js';
import { Name } from '../ui/shown-text.js';

/** The figures of the sessions that share a value, one row for each; every figure leads to these sessions. */
export function ValueTable({
  title,
  name,
  rows,
  list,
}: {
  readonly title: string;
  readonly name: 'model' | 'environment' | 'tag';
  readonly rows: readonly OverviewRow[];
  readonly list: ListView;
}) {
  if (rows.length === 0) return null;
  const formatColumnCost = costColumn(rows.map(({ totalCost }) => totalCost));
  const duration = (ms: number | null) => (ms === null ? NOTHING : formatDuration(ms));
  const most = Math.max(...rows.map(({ sessionCount }) => sessionCount));
  return (
    <section className="overview-values">
      <h2>{title}</h2>
      <div className="overview-scroll">
        <table aria-label={title}>
          <thead>
            <tr>
              <th scope="col">{title.slice(3, 4).toUpperCase() + title.slice(4)}</th>
              {['Sessions', 'Users', 'With errors', 'Cost', 'Tokens', 'p50', 'p95'].map((column) => (
                <th key={column} scope="col" className="number">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const filter = {
                ...list.filter,
                [name]: [...(name === 'tag' ? (list.filter.tag ?? []) : []), row.value],
              };
              const to = (sort: SessionSort = 'lastActivity') => listAddress({ ...list, filter, sort });
              const withErrors = listAddress({ ...list, filter: { ...filter, hasErrors: true } });
              return (
                <tr key={row.value}>
                  <th scope="row">
                    <Link href={to()}>
                      <Name text={row.value} />
                    </Link>
                    <span className="overview-share" style={{ width: `${(row.sessionCount / most) * 100}%` }} />
                  </th>
                  <Figure href={to()} text={formatCount(row.sessionCount)} />
                  <Figure href={to()} text={formatCount(row.userCount)} />
                  <Figure
                    href={withErrors}
                    text={formatCount(row.failedSessionCount)}
                    isBad={row.failedSessionCount > 0}
                  />
                  <Figure href={to('cost')} text={formatColumnCost(row.totalCost)} />
                  <Figure href={to('tokens')} text={formatCompact(row.totalTokens)} />
                  <Figure href={to()} text={duration(row.latencyP50Ms)} />
                  <Figure href={to('duration')} text={duration(row.latencyP95Ms)} />
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Figure({
  href,
  text,
  isBad = false,
}: {
  readonly href: string;
  readonly text: string;
  readonly isBad?: boolean;
}) {
  return (
    <td className="number" data-tone={isBad ? 'danger' : undefined}>
      <Link href={href}>{text}</Link>
    </td>
  );
}
