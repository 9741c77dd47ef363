import { useEffect } from 'react';
import { writeMoment } from './moment.js';
import { useReplay } from './replay-context.js';

/** Browsers refuse a page that rewrites its address too often. */
const REST_MS = 300;

/** Keeps the address a link to what is shown: the selection, and the playhead whenever it rests. */
export function useMomentAddress(): void {
  const { store, history } = useReplay();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = (): void => {
      const { selection, playheadMs } = store.state;
      const timeMs = playheadMs >= history.document.durationMs ? null : playheadMs;
      const query = writeMoment(window.location.search, { selection, timeMs });
      // A file has one address.
      if (query !== window.location.search && window.location.protocol !== 'file:')
        window.history.replaceState(window.history.state, '', `${window.location.pathname}${query}`);
    };
    const leave = store.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(write, REST_MS);
    });
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, [store, history]);
}
