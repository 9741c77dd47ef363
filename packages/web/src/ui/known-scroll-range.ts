import type { Virtualizer } from '@tanstack/react-virtual';
import { useMemo } from 'react';

/** What `Virtualizer` asks its element by reading `scrollHeight`. It is not part of its interface: a test tells when it is gone. */
export const SCROLL_RANGE = '_elementMaxScrollOffset';

/**
 * Tells a virtual list how far its element scrolls by the height that its rows were given, which it would otherwise ask the browser
 * for: each such question in the middle of a frame lays out the page once more. The rows must be all that the element contains, in
 * one element with its height as its style; neither may have a padding or a margin.
 */
export function useKnownScrollRange(list: Virtualizer<HTMLDivElement, Element>): void {
  // Before any effect: the list asks in its own.
  useMemo(() => {
    Object.assign(list, {
      [SCROLL_RANGE]: (): number | null => {
        const { scrollElement, scrollRect } = list;
        const rows = scrollElement?.firstElementChild;
        if (!(rows instanceof HTMLElement) || scrollRect === null) return null;
        return Math.max(0, Number.parseFloat(rows.style.height) - scrollRect.height);
      },
    });
  }, [list]);
}
