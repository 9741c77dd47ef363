import { SESSION_SORTS, type SessionSort } from '@powerrag/protocol';
import type { RefObject } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { type ListView, listAddress } from '../api/address.js';
import { isTimeRange, TIME_RANGES, type TimeRangeName } from '../api/time-range.js';
import { Icon } from '../ui/icon.js';
import { SearchBox } from './search-box.js';
import { ViewsMenu } from './views-menu.js';
import './toolbar.css';

const SORT_LABELS: Record<SessionSort, string> = {
  lastActivity: 'Last activity',
  start: 'Start',
  duration: 'Duration',
  cost: 'Cost',
  tokens: 'Tokens',
  errors: 'Errors',
  turns: 'Turns',
};

/** Search, time, order and views of the list, and what is shown beside it. */
export function Toolbar({
  list,
  search,
  panes,
  onPane,
}: {
  readonly list: ListView;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly panes: Readonly<Record<Pane, boolean>>;
  readonly onPane: (pane: Pane) => void;
}) {
  const go = (next: Partial<ListView>) => navigate(listAddress({ ...list, ...next }));
  return (
    <div className="sessions-toolbar">
      <SearchBox key={list.text} list={list} field={search} />
      <select
        aria-label="Time"
        className="button"
        value={list.when ?? ''}
        onChange={({ target: { value } }) => go({ when: isTimeRange(value) ? value : null })}
      >
        <option value="">Any time</option>
        {(Object.keys(TIME_RANGES) as TimeRangeName[]).map((name) => (
          <option key={name} value={name}>
            {TIME_RANGES[name].label}
          </option>
        ))}
      </select>
      <select
        aria-label="Order by"
        className="button"
        value={list.sort}
        disabled={list.text !== ''}
        onChange={({ target: { value } }) =>
          go({ sort: SESSION_SORTS.find((sort) => sort === value) ?? 'lastActivity' })
        }
      >
        {SESSION_SORTS.map((sort) => (
          <option key={sort} value={sort}>
            {SORT_LABELS[sort]}
          </option>
        ))}
      </select>
      <ViewsMenu list={list} />
      <PaneButton pane="filters" label="Filters" icon="filter" panes={panes} onPane={onPane} />
      <PaneButton pane="preview" label="Preview" icon="panel" panes={panes} onPane={onPane} />
    </div>
  );
}

/** What can stand beside the list. */
export type Pane = 'filters' | 'preview';

function PaneButton({
  pane,
  label,
  icon,
  panes,
  onPane,
}: {
  readonly pane: Pane;
  readonly label: string;
  readonly icon: 'filter' | 'panel';
  readonly panes: Readonly<Record<Pane, boolean>>;
  readonly onPane: (pane: Pane) => void;
}) {
  return (
    <button
      type="button"
      className="button pane-button"
      data-pane={pane}
      aria-pressed={panes[pane]}
      onClick={() => onPane(pane)}
    >
      <Icon name={icon} size={14} />
      <span>{label}</span>
    </button>
  );
}
