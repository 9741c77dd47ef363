import type { SessionFilter } from '@powerrag/protocol';
import { useQuery } from '@tanstack/react-query';
import { type FocusEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type ListView, listAddress } from '../api/address.js';
import { rememberList } from '../api/last-list.js';
import { filterAt, listTime } from '../api/list-request.js';
import { sessionCountQuery } from '../api/queries.js';
import { formatCount } from '../ui/format.js';
import { FacetsPanel } from './facets-panel.js';
import { FilterChips } from './filter-chips.js';
import { FirstTrace } from './first-trace.js';
import { FoundSessions } from './found-sessions.js';
import { useListPlace } from './list-place.js';
import { ListRows } from './list-rows.js';
import { Preview } from './preview.js';
import { SelectionBar } from './selection-bar.js';
import { Toolbar } from './toolbar.js';
import { useList } from './use-list.js';
import { useListCommands } from './use-list-commands.js';
import { useNow } from './use-now.js';
import { usePanes } from './use-panes.js';
import { useSelected } from './use-selected.js';
import './sessions.css';
import './facets.css';
import './beside-list.css';

/** All sessions, or those that the address narrows the list to, in the order that it names. */
export default function SessionsPage({ list: given }: { readonly list: ListView }) {
  const address = listAddress(given);
  // biome-ignore lint/correctness/useExhaustiveDependencies: its address says all of a list
  const list = useMemo(() => given, [address]);
  const startedMs = useMemo(() => listTime(address, Date.now()), [address]);
  const filter = useMemo(() => filterAt(list, startedMs), [list, startedMs]);
  const loaded = useList(list, startedMs);
  const nowMs = useNow();
  const { panes, togglePane } = usePanes();
  const { selected, select, clear } = useSelected(address);
  const [currentId, setCurrentId] = useState<string | null>(null);
  const main = useRef<HTMLElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = 'Sessions · PowerRAG';
    rememberList(address);
  }, [address]);
  const showNew = useCallback(() => {
    loaded.showNew();
    main.current?.scrollTo({ top: 0 });
  }, [loaded.showNew]);
  const isSearch = list.text !== '';
  useListPlace(main, address, !isSearch && loaded.rows.length > 0);
  useListCommands({ list: main, search, onPane: togglePane, showNew });
  const onFocus = ({ target }: FocusEvent): void => {
    const link = target.closest('tr')?.querySelector<HTMLElement>('[data-session-id]');
    setCurrentId((before) => link?.dataset.sessionId ?? before);
  };
  const isNarrowed = conditionCount(list) > 0;
  const isFirstRun = loaded.isEmpty && !isNarrowed && !isSearch;
  return (
    <main ref={main} className="app-main sessions">
      {panes.filters && !isFirstRun && (
        <FacetsPanel list={list} filter={filter} onClose={() => togglePane('filters')} />
      )}
      <div className="sessions-body">
        <header className="sessions-head">
          <h1>
            Sessions <Count filter={filter} isShown={!isSearch} />
          </h1>
          {!isFirstRun && <Toolbar list={list} search={search} panes={panes} onPane={togglePane} />}
          <FilterChips list={list} />
        </header>
        {isFirstRun && <FirstTrace />}
        {isSearch && <FoundSessions text={list.text} filter={filter} nowMs={nowMs} />}
        {!isFirstRun && !isSearch && (
          // biome-ignore lint/a11y/noStaticElementInteractions: it only notes which row has the focus
          <div className="sessions-rows" onFocus={onFocus}>
            <ListRows {...{ list, loaded, nowMs, selected, showNew }} onSelect={select} />
          </div>
        )}
      </div>
      {panes.preview && !isFirstRun && !isSearch && (
        <Preview session={loaded.rows.find(({ id }) => id === currentId) ?? loaded.rows[0]} />
      )}
      {selected.size > 0 && <SelectionBar selected={selected} onClear={clear} />}
    </main>
  );
}

/** How many sessions the list has in all. */
function Count({ filter, isShown }: { readonly filter: SessionFilter; readonly isShown: boolean }) {
  const { data } = useQuery({ ...sessionCountQuery(filter), enabled: isShown });
  if (!isShown || data === undefined) return null;
  return (
    <span className="sessions-count">
      {formatCount(data.count)}
      {!data.isExact && '+'}
    </span>
  );
}

function conditionCount({ filter, when }: ListView): number {
  return Object.keys(filter).length + (when === null ? 0 : 1);
}
