import { encodePart, SESSION_PAGE } from '@powerrag/protocol';
import { usePathname, useSearch } from 'wouter/use-browser-location';
import type { SessionFilter } from './client.js';

/** What an address of the page shows. */
export type Address =
  | { readonly view: 'sessions'; readonly filter: SessionFilter }
  | { readonly view: 'session'; readonly sessionId: string }
  | { readonly view: 'nothing' };

/** The address of the list of sessions. */
export function sessionsAddress(filter: SessionFilter = {}): string {
  const fields = FILTERS.flatMap((name) => {
    const value = filter[name];
    return value === undefined || value === '' ? [] : `${name}=${encodePart(value)}`;
  });
  return fields.length === 0 ? LIST : `${LIST}?${fields.join('&')}`;
}

/** Reads an address as it is in the browser: neither path nor query decoded. */
export function readAddress(pathname: string, search: string): Address {
  const sessionId = SESSION_PAGE.idIn(pathname, search);
  if (sessionId !== null) return { view: 'session', sessionId };
  if (!LISTS.has(pathname)) return { view: 'nothing' };
  const query = new URLSearchParams(search);
  const filter = FILTERS.flatMap((name) => {
    const value = query.get(name);
    return value === null || value === '' ? [] : [[name, value] as const];
  });
  return { view: 'sessions', filter: Object.fromEntries(filter) };
}

/** The address that the browser shows now. The router's own hooks decode what they give, and so merge ids. */
export function useAddress(): Address {
  return readAddress(usePathname(), useSearch());
}

const LIST = '/sessions';
const LISTS: ReadonlySet<string> = new Set(['/', LIST, `${LIST}/`]);
/** The fields that the address of a list may hold, in the order in which they are shown. */
export const FILTERS = [
  'userId',
  'environment',
  'tag',
  'conversationId',
] as const satisfies readonly (keyof SessionFilter)[];
