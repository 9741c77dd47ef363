import { type ListView, readAddress, WHOLE_LIST } from './address.js';
import { readStored, writeStored } from './stored.js';

/** Kept for one tab: another tab has a list of its own. */
const NAME = 'list';
const inTab = (): Storage => sessionStorage;

/** Keeps the address of the list that was read last, so that a session knows what is before and after it. */
export function rememberList(address: string): void {
  writeStored(NAME, address, inTab);
}

/** The address of the list that was read last; null where there was none. */
function lastListAddress(): string | null {
  return readStored(NAME, inTab);
}

/** The list that was read last; the whole list where there was none. */
export function lastList(): ListView {
  const { pathname, search } = new URL(lastListAddress() ?? '/sessions', window.location.origin);
  const address = readAddress(pathname, search);
  return address.view === 'sessions' ? address.list : WHOLE_LIST;
}
