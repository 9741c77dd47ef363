import { type RefObject, useEffect } from 'react';

const OWN_KEYS = 'input, select, textarea, [contenteditable="true"], dialog, pre, [role="group"]';

/** Lets the arrow keys, Home and End (and j and k) walk through the rows of a list: the focus moves from link to link. */
export function useRowKeys(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest(OWN_KEYS) !== null) return;
      const links = [...(list.current?.querySelectorAll<HTMLElement>('[data-session-id]') ?? [])];
      const row = document.activeElement?.closest('tr');
      const current = links.findIndex((link) => row?.contains(link));
      const next = links[rowAfter(event.key, current, links.length)];
      if (next === undefined) return;
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: 'nearest' });
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [list]);
}

/** The row that a key leads to from the current one; -1 where none has the focus, and where the key leads nowhere. */
function rowAfter(key: string, current: number, count: number): number {
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return Math.min(count - 1, current + 1);
    case 'ArrowUp':
    case 'k':
      return Math.max(0, current - 1);
    case 'Home':
      return current === -1 ? -1 : 0;
    case 'End':
      return current === -1 ? -1 : count - 1;
    default:
      return -1;
  }
}
