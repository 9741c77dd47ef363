import type { Json } from '@powerrag/protocol';

/** One line of a JSON tree: a value, or the head of what holds others. */
export interface JsonRow {
  /** Where the value stands: the names on the way to it, as one text. */
  readonly path: string;
  readonly depth: number;
  /** Null for the value itself. */
  readonly name: string | null;
  readonly value: Json;
  /** Whether the values inside are shown; null for what holds none. */
  readonly isOpen: boolean | null;
}

/** What has no more values inside and no more siblings than this is open at first. */
const SMALL = { values: 40, siblings: 10 };
const OPEN_DEPTH = 8;

/**
 * The lines of a value that are shown: each, then what is inside where it is open. `chosen` has what somebody opened or closed, by
 * path. Costs what is open, not what is there.
 */
export function jsonRows(value: Json, chosen: ReadonlyMap<string, boolean>): JsonRow[] {
  const rows: JsonRow[] = [];
  const pending = [{ path: '', depth: 0, name: null as string | null, value, siblings: 1 }];
  // A stack of its own instead of recursion: a value may be nested deeper than calls can be.
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, depth, name, value: held, siblings } = next;
    const entries = isBranch(held) ? entriesOf(held) : null;
    const isOpen = isBranch(held) ? (chosen.get(path) ?? opensAtFirst(held, depth, siblings)) : null;
    rows.push({ path, depth, name, value: held, isOpen });
    if (isOpen !== true || entries === null) continue;
    for (let n = entries.length - 1; n >= 0; n--) {
      const [key, entry] = entries[n] ?? ['', null];
      pending.push({ path: pathTo(path, key), depth: depth + 1, name: key, value: entry, siblings: entries.length });
    }
  }
  return rows;
}

/** The paths of the values whose name or text contains a text, whatever its case, in order; at most `most`. */
export function findInJson(value: Json, text: string, most: number): string[] {
  const wanted = text.toLowerCase();
  if (wanted === '') return [];
  const found: string[] = [];
  const pending: [path: string, name: string, value: Json][] = [['', '', value]];
  for (let next = pending.pop(); next !== undefined && found.length < most; next = pending.pop()) {
    const [path, name, held] = next;
    const isHit =
      name.toLowerCase().includes(wanted) || (!isBranch(held) && String(held).toLowerCase().includes(wanted));
    if (isHit) found.push(path);
    if (!isBranch(held)) continue;
    const entries = entriesOf(held);
    for (let n = entries.length - 1; n >= 0; n--) {
      const [key, entry] = entries[n] ?? ['', null];
      pending.push([pathTo(path, key), Array.isArray(held) ? '' : key, entry]);
    }
  }
  return found;
}

/** The paths of everything that holds the value at a path, outermost first. */
export function pathsAbove(path: string): string[] {
  const above: string[] = [];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) above.push(path.slice(0, at));
  return above;
}

/** Whether a value holds no more values than `most`, at any depth. Looks at no more than that. */
export function holdsAtMost(value: Json, most: number): boolean {
  const pending: Json[] = [value];
  for (let seen = 0; pending.length > 0; seen++) {
    if (seen > most || pending.length > most) return false;
    const next = pending.pop();
    if (next === undefined || !isBranch(next)) continue;
    const inside = Array.isArray(next) ? next : Object.values(next);
    if (inside.length > most) return false;
    pending.push(...inside);
  }
  return true;
}

export function isBranch(value: Json): value is object & Json {
  return value !== null && typeof value === 'object';
}

function opensAtFirst(value: Json, depth: number, siblings: number): boolean {
  if (depth === 0 || (siblings === 1 && depth < OPEN_DEPTH)) return true;
  return depth < OPEN_DEPTH && siblings <= SMALL.siblings && holdsAtMost(value, SMALL.values);
}

function entriesOf(value: object & Json): [string, Json][] {
  return Array.isArray(value)
    ? value.map((item: Json, position): [string, Json] => [String(position), item])
    : (Object.entries(value) as [string, Json][]);
}

/** As in a JSON pointer, so that a name with a slash is not taken for two. */
function pathTo(path: string, name: string): string {
  return `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
