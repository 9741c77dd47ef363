import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useReplay, useReplayState, useSelect } from '../state/replay-context.js';
import type { ReplayState, Selection } from '../state/replay-store.js';
import { observationKey } from '../state/session-history.js';
import { ancestors, type TreeRow, treeRows, visibleRows } from './rows.js';
import { TreeItem } from './tree-item.js';
import './tree.css';

const ROW_HEIGHT = 28;
/** Above this many rows a session opens with its traces folded. */
const OPEN_UP_TO = 400;

/** Every trace with its observations, each with a bar that shows when it ran within its trace. */
export function TraceTree() {
  const { history } = useReplay();
  const rows = useMemo(() => treeRows(history.document), [history]);
  const byKey = useMemo(() => new Map(rows.map((row) => [row.key, row])), [rows]);
  const [closed, setClosed] = useState<ReadonlySet<string>>(() => foldedAtFirst(rows));
  const selectedKey = useReplayState(selectedRow);
  const visible = useMemo(() => visibleRows(rows, closed), [rows, closed]);
  const active = useMemo(() => visible.findIndex((row) => row.key === selectedKey), [visible, selectedKey]);
  const scroller = useRef<HTMLDivElement>(null);
  // The same as long as the rows are: for another, the place of each row is worked out anew.
  const keyAt = useCallback((position: number) => visible[position]?.key ?? position, [visible]);
  const virtual = useVirtualizer({
    count: visible.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: keyAt,
    overscan: 12,
  });

  useEffect(() => {
    if (selectedKey === null) return;
    setClosed((current) => opened(current, ancestors(byKey, selectedKey)));
  }, [selectedKey, byKey]);
  const { scrollToIndex } = virtual;
  useEffect(() => {
    if (active !== -1) scrollToIndex(active, { align: 'auto' });
  }, [active, scrollToIndex]);

  const toggle = useCallback((key: string) => setClosed((current) => toggled(current, key)), []);
  const selectIn = useSelect();
  const select = useCallback((row: TreeRow) => selectIn(selectionOf(row)), [selectIn]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = visible[active];
    const move = keyMove(event.key, row, closed, active, visible.length);
    if (move === null) return;
    event.preventDefault();
    if (move.do === 'toggle' && row) toggle(row.key);
    const target =
      move.do === 'go' ? visible[move.to] : move.do === 'parent' ? byKey.get(row?.parentKey ?? '') : undefined;
    if (target) select(target);
  };

  return (
    <section className="tree" aria-label="Trace tree">
      <div
        ref={scroller}
        className="tree-scroll"
        role="tree"
        aria-label="Traces and observations"
        tabIndex={0}
        aria-activedescendant={active === -1 ? undefined : rowId(active)}
        onKeyDown={onKeyDown}
      >
        <div className="tree-rows" role="none" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ key, index: position, start }) => {
            const row = visible[position];
            return row ? (
              <TreeItem
                key={key}
                id={rowId(position)}
                row={row}
                top={start}
                selected={position === active}
                open={!closed.has(row.key)}
                onSelect={select}
                onToggle={toggle}
              />
            ) : null;
          })}
        </div>
      </div>
    </section>
  );
}

type Move = { readonly do: 'go'; readonly to: number } | { readonly do: 'toggle' } | { readonly do: 'parent' };

/** What a key does in a tree, as the ARIA authoring practices have it. */
function keyMove(
  key: string,
  row: TreeRow | undefined,
  closed: ReadonlySet<string>,
  active: number,
  count: number,
): Move | null {
  switch (key) {
    case 'ArrowDown':
      return { do: 'go', to: Math.min(count - 1, active + 1) };
    case 'ArrowUp':
      return { do: 'go', to: Math.max(0, active - 1) };
    case 'Home':
      return { do: 'go', to: 0 };
    case 'End':
      return { do: 'go', to: count - 1 };
    case 'ArrowRight':
      if (!row || row.childCount === 0) return null;
      return closed.has(row.key) ? { do: 'toggle' } : { do: 'go', to: active + 1 };
    case 'ArrowLeft':
      if (!row) return null;
      return row.childCount > 0 && !closed.has(row.key) ? { do: 'toggle' } : { do: 'parent' };
    case 'Enter':
    case ' ':
      return row && row.childCount > 0 ? { do: 'toggle' } : null;
    default:
      return null;
  }
}

function foldedAtFirst(rows: readonly TreeRow[]): ReadonlySet<string> {
  if (rows.length <= OPEN_UP_TO) return new Set();
  return new Set(rows.flatMap((row) => (row.observation === null ? [row.key] : [])));
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** The same set when there is nothing to open, so that nothing is drawn again. */
function opened(closed: ReadonlySet<string>, keys: readonly string[]): ReadonlySet<string> {
  return keys.some((key) => closed.has(key)) ? new Set([...closed].filter((key) => !keys.includes(key))) : closed;
}

function selectedRow({ selection }: ReplayState): string | null {
  if (selection === null) return null;
  return selection.observationId === null
    ? selection.traceId
    : observationKey(selection.traceId, selection.observationId);
}

function selectionOf(row: TreeRow): Selection {
  return { traceId: row.trace.id, observationId: row.observation?.id ?? null };
}

function rowId(position: number): string {
  return `tree-row-${position}`;
}
