import type { Json } from '@powerrag/protocol';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { plural } from './format.js';
import { Icon } from './icon.js';
import { findInJson, holdsAtMost, isBranch, type JsonRow, jsonRows, pathsAbove } from './json-rows.js';
import { previewJson } from './json-text.js';
import { LongText } from './long-text.js';
import { Name } from './shown-text.js';
import { isLong } from './text-pieces.js';
import './json-tree.css';

const PREVIEW_UNITS = 80;
const ROW_PX = 20;
/** Up to this many lines all are in the page, so that the browser's own search finds every word. */
const WHOLE_UP_TO = 200;
/** A value that holds no more values than this is searched by looking at it. */
const SEARCHED_FROM = 20;
const MOST_FOUND = 1_000;

/** A JSON value as a tree that folds and can be searched. Only the lines in view are laid out. */
export function JsonTree({
  value,
  scroller,
}: {
  readonly value: Json;
  /** What scrolls around it; null until it is there. */
  readonly scroller: HTMLElement | null;
}) {
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const search = useSearch(value);
  const rows = useMemo(() => {
    const open = search.current === null ? [] : pathsAbove(search.current).map((path) => [path, true] as const);
    return jsonRows(value, new Map([...chosen, ...open]));
  }, [value, chosen, search.current]);
  // The same as long as the rows are: for another, the place of each row is worked out anew.
  const pathAt = useCallback((position: number) => rows[position]?.path ?? position, [rows]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_PX,
    getItemKey: pathAt,
    overscan: rows.length <= WHOLE_UP_TO ? rows.length : 20,
  });
  const { scrollToIndex } = virtual;
  useEffect(() => {
    const position = rows.findIndex(({ path }) => path === search.current);
    if (position !== -1) scrollToIndex(position, { align: 'center' });
  }, [rows, search.current, scrollToIndex]);
  const toggle = (row: JsonRow): void => setChosen((current) => new Map([...current, [row.path, !row.isOpen]]));
  return (
    <>
      {!holdsAtMost(value, SEARCHED_FROM) && <SearchBox search={search} />}
      <ul className="json-tree" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ key, index: position, start }) => {
          const row = rows[position];
          return row ? (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={position}
              data-found={row.path === search.current || undefined}
              style={{ transform: `translateY(${start}px)`, paddingInlineStart: Math.min(row.depth, 30) * 14 }}
            >
              {row.isOpen === null ? <Leaf row={row} /> : <Branch row={row} onToggle={() => toggle(row)} />}
            </li>
          ) : null;
        })}
      </ul>
    </>
  );
}

interface Search {
  readonly text: string;
  readonly found: readonly string[];
  /** Position in `found`. */
  readonly at: number;
  /** The path of what is looked at; null where nothing is. */
  readonly current: string | null;
  setText(text: string): void;
  move(by: 1 | -1): void;
}

function useSearch(value: Json): Search {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(text);
  const found = useMemo(() => findInJson(value, wanted, MOST_FOUND), [value, wanted]);
  return {
    text,
    found,
    at,
    current: found[at] ?? null,
    setText: (next) => {
      setText(next);
      setAt(0);
    },
    move: (by) => setAt((now) => (found.length === 0 ? 0 : (now + by + found.length) % found.length)),
  };
}

function SearchBox({ search }: { readonly search: Search }) {
  const { text, found, at } = search;
  const count = found.length === MOST_FOUND ? `${MOST_FOUND}+` : String(found.length);
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="json-search">
      <input
        ref={input}
        type="search"
        value={text}
        placeholder="Search"
        aria-label="Search in this JSON"
        onChange={(event) => search.setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') search.move(event.shiftKey ? -1 : 1);
        }}
      />
      {text !== '' && <span role="status">{found.length === 0 ? 'nothing found' : `${at + 1} of ${count}`}</span>}
    </div>
  );
}

function Branch({ row, onToggle }: { readonly row: JsonRow; readonly onToggle: () => void }) {
  const { name, value, isOpen } = row;
  if (!isBranch(value)) return null;
  const count = Array.isArray(value) ? value.length : Object.keys(value).length;
  return (
    <button type="button" className="json-branch" aria-expanded={isOpen === true} onClick={onToggle}>
      <Icon name="chevron" size={11} />
      {name !== null && <Key name={name} />}
      <span className="quiet">{plural(count, Array.isArray(value) ? 'item' : 'field')}</span>
      {isOpen !== true && <Name className="json-preview" text={previewJson(value, PREVIEW_UNITS)} />}
    </button>
  );
}

function Leaf({ row: { name, value } }: { readonly row: JsonRow }) {
  return (
    <div className="json-leaf">
      {name !== null && <Key name={name} />}
      <Value value={value} />
    </div>
  );
}

function Key({ name }: { readonly name: string }) {
  return (
    <span className="json-key">
      <Name text={name} />
      <span className="quiet">: </span>
    </span>
  );
}

function Value({ value }: { readonly value: Json }) {
  if (typeof value !== 'string') {
    return <span data-token={typeof value === 'number' ? 'number' : 'word'}>{String(value)}</span>;
  }
  if (isLong(value) || value.includes('\n')) {
    return (
      <div className="json-string" data-token="string">
        <LongText text={value} />
      </div>
    );
  }
  return (
    <span className="json-string" data-token="string">
      "<Name text={value} most={value.length} />"
    </span>
  );
}
