import type { SessionSummary, SortOrder } from '@powerrag/protocol';
import { useMemo } from 'react';
import { Link } from 'wouter';
import { type ListView, listAddress } from '../api/address.js';
import { costColumn } from '../ui/format.js';
import { COLUMNS, type Column } from './columns.js';
import { SessionRow } from './session-row.js';
import { useActivities } from './use-activities.js';

export function SessionsTable({
  rows,
  list,
  nowMs,
  selected,
  onSelect,
}: {
  readonly rows: readonly SessionSummary[];
  /** What the list is narrowed to; the links of a row narrow it further. */
  readonly list: ListView;
  readonly nowMs: number;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (id: string, isSelected: boolean) => void;
}) {
  const formatColumnCost = useMemo(() => costColumn(rows.map((session) => session.totalCost)), [rows]);
  const activities = useActivities(rows);
  return (
    <table className="sessions-table" aria-label="Sessions">
      <thead>
        <tr>
          <th scope="col" className="sessions-check">
            <span className="visually-hidden">Selected</span>
          </th>
          {COLUMNS.map((column) => (
            <ColumnHead key={column.name} column={column} list={list} />
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            activity={activities.get(session.id)}
            list={list}
            cost={formatColumnCost(session.totalCost)}
            nowMs={nowMs}
            isSelected={selected.has(session.id)}
            onSelect={onSelect}
          />
        ))}
      </tbody>
    </table>
  );
}

/** The name of a column; of one that the list can be ordered by it is a link that does so, and turns the order around. */
function ColumnHead({ column: { name, look, sort }, list }: { readonly column: Column; readonly list: ListView }) {
  const isSorted = sort !== undefined && list.sort === sort;
  const order: SortOrder = isSorted && list.order === 'desc' ? 'asc' : 'desc';
  const sorted = list.order === 'desc' ? 'descending' : 'ascending';
  return (
    <th scope="col" className={look} aria-sort={isSorted ? sorted : undefined}>
      {sort === undefined ? (
        name
      ) : (
        <Link href={listAddress({ ...list, sort, order })} title={`Order by ${name.toLowerCase()}`} replace>
          {isSorted && <span aria-hidden="true">{list.order === 'desc' ? '↓ ' : '↑ '}</span>}
          {name}
        </Link>
      )}
    </th>
  );
}
