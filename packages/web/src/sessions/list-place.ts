import { type RefObject, useEffect, useLayoutEffect } from 'react';

interface Place {
  readonly scrollTop: number;
  /** The session that was opened from there. */
  readonly sessionId: string | null;
}

/** By the address of the list. For as long as the page is open. */
const places = new Map<string, Place>();

/**
 * Brings a reader who comes back to a list to where they left it: scrolled there, with the focus on the session they had opened.
 *
 * @param hasRows whether the rows are there; before that there is no place to go to.
 */
export function useListPlace(scroller: RefObject<HTMLElement | null>, address: string, hasRows: boolean): void {
  useLayoutEffect(() => {
    const element = scroller.current;
    const place = places.get(address);
    if (!hasRows || element === null || place === undefined) return;
    element.scrollTop = place.scrollTop;
    const links = [...element.querySelectorAll<HTMLElement>('[data-session-id]')];
    links.find((link) => link.dataset.sessionId === place.sessionId)?.focus({ preventScroll: true });
  }, [scroller, address, hasRows]);
  useEffect(() => {
    const element = scroller.current;
    const remember = (event: Event): void => {
      const link = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-session-id]') : null;
      const sessionId = link?.dataset.sessionId ?? places.get(address)?.sessionId ?? null;
      places.set(address, { scrollTop: element?.scrollTop ?? 0, sessionId });
    };
    element?.addEventListener('scroll', remember);
    element?.addEventListener('click', remember, { capture: true });
    return () => {
      element?.removeEventListener('scroll', remember);
      element?.removeEventListener('click', remember, { capture: true });
    };
  }, [scroller, address]);
}
