import { type RefObject, useMemo } from 'react';
import { useCommands } from '../commands/registry.js';
import type { Pane } from './toolbar.js';

/** What the keyboard does in a list: search, walk through the rows, select, show what is beside it. */
export function useListCommands({
  list,
  search,
  onPane,
  showNew,
}: {
  readonly list: RefObject<HTMLElement | null>;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onPane: (pane: Pane) => void;
  readonly showNew: () => void;
}): void {
  const group = useMemo(
    () => ({
      title: 'In the list',
      commands: [
        { says: 'Search what was said', keys: ['/'], run: () => focus(search.current) },
        { says: 'Next session', keys: ['ArrowDown', 'j'], run: () => walk(list.current, 1), isNamed: false },
        { says: 'Session before', keys: ['ArrowUp', 'k'], run: () => walk(list.current, -1), isNamed: false },
        {
          says: 'First session',
          keys: ['Home'],
          run: () => walk(list.current, Number.NEGATIVE_INFINITY),
          isNamed: false,
        },
        {
          says: 'Last session',
          keys: ['End'],
          run: () => walk(list.current, Number.POSITIVE_INFINITY),
          isNamed: false,
        },
        { says: 'Select the session', keys: ['x'], run: () => toggleSelected(), isNamed: false },
        { says: 'Show the new sessions', keys: ['n'], run: showNew },
        { says: 'Show or hide the preview', keys: ['p'], run: () => onPane('preview') },
        { says: 'Show or hide the filters', keys: ['f'], run: () => onPane('filters') },
      ],
    }),
    [list, search, onPane, showNew],
  );
  useCommands(group);
}

function focus(field: HTMLInputElement | null): boolean {
  field?.focus();
  field?.select();
  return field !== null;
}

/** Moves the focus by so many rows; false where it leads nowhere. */
function walk(list: HTMLElement | null, by: number): boolean {
  const links = [...(list?.querySelectorAll<HTMLElement>('[data-session-id]') ?? [])];
  const row = document.activeElement?.closest('tr, .found-session');
  const current = links.findIndex((link) => row?.contains(link));
  if (current === -1 && by !== 1) return false;
  const next = links[Math.max(0, Math.min(links.length - 1, current + by))];
  if (next === undefined) return false;
  next.focus({ preventScroll: true });
  next.closest('tr, .found-session')?.scrollIntoView({ block: 'nearest' });
  return true;
}

function toggleSelected(): boolean {
  const box = document.activeElement?.closest('tr')?.querySelector<HTMLInputElement>('input[type="checkbox"]');
  box?.click();
  return box !== null && box !== undefined;
}
