import { Link } from 'wouter';
import { type ListView, listAddress, WHOLE_LIST } from '../api/address.js';
import { plural } from '../ui/format.js';
import { Notice } from '../ui/notice.js';
import { MoreRows } from './more-rows.js';
import { SessionsTable } from './sessions-table.js';
import { TableShape } from './table-shape.js';
import type { LoadedList } from './use-list.js';

/** The rows of a list, or what stands in their place; new sessions wait above until somebody asks for them. */
export function ListRows({
  list,
  loaded,
  nowMs,
  selected,
  onSelect,
  showNew,
}: {
  readonly list: ListView;
  readonly loaded: LoadedList;
  readonly nowMs: number;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (id: string, isSelected: boolean) => void;
  readonly showNew: () => void;
}) {
  const { rows, error, newCount } = loaded;
  if (loaded.isPending) return <TableShape />;
  if (error !== null && rows.length === 0) {
    return (
      <Notice title="The sessions could not be loaded" tone="danger">
        <p>{error.message}</p>
        <button type="button" className="button" onClick={loaded.retry}>
          Try again
        </button>
      </Notice>
    );
  }
  if (loaded.isEmpty) {
    return (
      <Notice title="No session matches these filters." icon="filter">
        <Link className="button" href={listAddress(WHOLE_LIST)}>
          Show all sessions
        </Link>
      </Notice>
    );
  }
  return (
    <>
      {newCount > 0 && (
        <button type="button" className="sessions-new" onClick={showNew}>
          {newCount} new <span className="visually-hidden">{plural(newCount, 'session')}: show them</span>
        </button>
      )}
      <SessionsTable rows={rows} list={list} nowMs={nowMs} selected={selected} onSelect={onSelect} />
      <MoreRows list={loaded} />
    </>
  );
}
