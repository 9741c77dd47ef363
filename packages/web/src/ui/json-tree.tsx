import type { Json } from '@powerrag/protocol';
import { useState } from 'react';
import { formatCount, plural } from './format.js';
import { Icon } from './icon.js';
import { previewJson } from './json-text.js';
import { LongText } from './long-text.js';
import { Name } from './shown-text.js';
import { isLong } from './text-pieces.js';
import './json-tree.css';

/** How many entries of an object or array are shown at first, and how many each click adds. */
const STEP_ENTRIES = 100;
const PREVIEW_UNITS = 80;
/** What has no more values inside and no more siblings than this is open at first. */
const SMALL = { values: 40, siblings: 10 };
/** Nothing deeper is open at first: each level is a component within the one above. */
const OPEN_DEPTH = 8;

/** A JSON value as a tree that folds. It costs what is open, not what is there. */
export function JsonTree({ value }: { readonly value: Json }) {
  return (
    <ul className="json-tree">
      <Entry name={null} value={value} depth={0} siblings={1} />
    </ul>
  );
}

interface EntryProps {
  /** Null for the value itself and for items of an array. */
  readonly name: string | null;
  readonly value: Json;
  readonly depth: number;
  readonly siblings: number;
}

function Entry({ name, value, depth, siblings }: EntryProps) {
  if (value === null || typeof value !== 'object') {
    return (
      <li className="json-leaf">
        {name !== null && <Key name={name} />}
        <Leaf value={value} />
      </li>
    );
  }
  return <Branch name={name} value={value} depth={depth} siblings={siblings} />;
}

function Branch({ name, value, depth, siblings }: EntryProps & { readonly value: object & Json }) {
  const [isOpen, setOpen] = useState(() => opensAtFirst(value, depth, siblings));
  const [steps, setSteps] = useState(1);
  const entries: readonly [string, Json][] = Array.isArray(value)
    ? value.slice(0, steps * STEP_ENTRIES).map((item, position) => [String(position), item])
    : Object.entries(value).slice(0, steps * STEP_ENTRIES);
  const count = Array.isArray(value) ? value.length : Object.keys(value).length;
  const size = plural(count, Array.isArray(value) ? 'item' : 'field');
  return (
    <li>
      <button type="button" className="json-branch" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name="chevron" size={11} />
        {name !== null && <Key name={name} />}
        <span className="quiet">{size}</span>
        {!isOpen && <Name className="json-preview" text={previewJson(value, PREVIEW_UNITS)} />}
      </button>
      {isOpen && count > 0 && (
        <ul>
          {entries.map(([key, entry]) => (
            <Entry key={key} name={key} value={entry} depth={depth + 1} siblings={count} />
          ))}
          {entries.length < count && (
            <li>
              <button type="button" className="text-button" onClick={() => setSteps(steps + 1)}>
                Show more of {formatCount(count)} {Array.isArray(value) ? 'items' : 'fields'}
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

function Key({ name }: { readonly name: string }) {
  return (
    <>
      <Name className="json-key" text={name} />
      <span className="quiet">: </span>
    </>
  );
}

function Leaf({ value }: { readonly value: string | number | boolean | null }) {
  if (typeof value !== 'string')
    return <span data-token={typeof value === 'number' ? 'number' : 'word'}>{String(value)}</span>;
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

function opensAtFirst(value: object & Json, depth: number, siblings: number): boolean {
  if (depth === 0 || (siblings === 1 && depth < OPEN_DEPTH)) return true;
  return depth < OPEN_DEPTH && siblings <= SMALL.siblings && holdsAtMost(value, SMALL.values);
}

/** Whether a value holds no more values than `most`, at any depth. Looks at no more than that. */
function holdsAtMost(value: Json, most: number): boolean {
  const pending: Json[] = [value];
  for (let seen = 0; pending.length > 0; seen++) {
    if (seen > most || pending.length > most) return false;
    const next = pending.pop();
    if (next === null || typeof next !== 'object') continue;
    const inside = Array.isArray(next) ? next : Object.values(next);
    if (inside.length > most) return false;
    pending.push(...inside);
  }
  return true;
}
