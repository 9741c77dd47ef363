import {
  encodePart,
  filterFromQuery,
  filterToQuery,
  SESSION_PAGE,
  SESSION_SORTS,
  type SessionFilter,
  type SessionSort,
  type SortOrder,
} from '@powerrag/protocol';
import { usePathname, useSearch } from 'wouter/use-browser-location';
import { isTimeRange, type TimeRangeName } from './time-range.js';

/** What an address of the page shows. */
export type Address =
  | { readonly view: 'sessions'; readonly list: ListView }
  | { readonly view: 'overview'; readonly list: ListView }
  | { readonly view: 'compare'; readonly sides: ComparedSides }
  | { readonly view: 'session'; readonly sessionId: string }
  | { readonly view: 'nothing' };

/** A session, or one turn of it, that is compared with another. */
export interface Compared {
  readonly sessionId: string;
  /** The number of the turn in the session, from 1; null for all of them. */
  readonly turn: number | null;
}

/** What is compared; null for a side that is still to be chosen. */
export type ComparedSides = readonly [a: Compared | null, b: Compared | null];

/** A list of sessions: which, and in which order. */
export interface ListView {
  readonly filter: SessionFilter;
  readonly sort: SessionSort;
  readonly order: SortOrder;
  /** What is searched for; empty for the whole list. */
  readonly text: string;
  /** A stretch of time that is counted from now; null for any time. */
  readonly when: TimeRangeName | null;
}

export const WHOLE_LIST: ListView = { filter: {}, sort: 'lastActivity', order: 'desc', text: '', when: null };

/** The address of a list of sessions. */
export function sessionsAddress(filter: SessionFilter = {}): string {
  return listAddress({ ...WHOLE_LIST, filter });
}

export function listAddress(list: ListView): string {
  return withFields(LIST, listFields(list));
}

/** The address of the overview of the sessions in a list. */
export function overviewAddress(list: ListView = WHOLE_LIST): string {
  return withFields(OVERVIEW, listFields({ ...list, text: '', sort: 'lastActivity', order: 'desc' }));
}

/** The address of two sessions or turns side by side. */
export function compareAddress([a, b]: ComparedSides): string {
  const fields = (side: Compared | null, name: string, turnName: string) =>
    side === null
      ? []
      : [[name, side.sessionId] as const, ...(side.turn === null ? [] : [[turnName, String(side.turn)] as const])];
  return withFields(COMPARE, [...fields(a, 'a', 'turnA'), ...fields(b, 'b', 'turnB')]);
}

/** Reads an address as it is in the browser: neither path nor query decoded. */
export function readAddress(pathname: string, search: string): Address {
  const sessionId = SESSION_PAGE.idIn(pathname, search);
  if (sessionId !== null) return { view: 'session', sessionId };
  if (LISTS.has(pathname)) return { view: 'sessions', list: readList(search) };
  if (COMPARES.has(pathname)) return { view: 'compare', sides: readSides(new URLSearchParams(search)) };
  if (OVERVIEWS.has(pathname)) return { view: 'overview', list: readList(search) };
  return { view: 'nothing' };
}

function readSides(query: URLSearchParams): ComparedSides {
  const side = (name: string, turnName: string): Compared | null => {
    const sessionId = query.get(name);
    const turn = Number(query.get(turnName));
    if (sessionId === null || sessionId === '') return null;
    return { sessionId, turn: Number.isSafeInteger(turn) && turn > 0 ? turn : null };
  };
  return [side('a', 'turnA'), side('b', 'turnB')];
}

/** The list that a query names. What it does not say, or says in a way that cannot be read, is as in `WHOLE_LIST`. */
function readList(search: string): ListView {
  const query = new URLSearchParams(search);
  const sort = query.get('sort');
  const when = query.get('when');
  return {
    filter: filterFromQuery(query),
    sort: SESSION_SORTS.find((name) => name === sort) ?? WHOLE_LIST.sort,
    order: query.get('order') === 'asc' ? 'asc' : 'desc',
    text: query.get('q') ?? '',
    when: isTimeRange(when) ? when : null,
  };
}

/** The address that the browser shows now. The router's own hooks decode what they give, and so merge ids. */
export function useAddress(): Address {
  return readAddress(usePathname(), useSearch());
}

function listFields({ filter, sort, order, text, when }: ListView): (readonly [string, string])[] {
  return [
    ...(text === '' ? [] : [['q', text] as const]),
    ...(when === null ? [] : [['when', when] as const]),
    ...filterToQuery(filter),
    ...(sort === WHOLE_LIST.sort ? [] : [['sort', sort] as const]),
    ...(order === WHOLE_LIST.order ? [] : [['order', order] as const]),
  ];
}

function withFields(path: string, fields: readonly (readonly [string, string])[]): string {
  const query = fields.map(([name, value]) => `${name}=${encodePart(value)}`).join('&');
  return query === '' ? path : `${path}?${query}`;
}

const LIST = '/sessions';
const LISTS: ReadonlySet<string> = new Set(['/', LIST, `${LIST}/`]);
const OVERVIEW = '/overview';
const OVERVIEWS: ReadonlySet<string> = new Set([OVERVIEW, `${OVERVIEW}/`]);
const COMPARE = '/compare';
const COMPARES: ReadonlySet<string> = new Set([COMPARE, `${COMPARE}/`]);
