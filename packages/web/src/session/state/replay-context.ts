import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';
import type { FrameClock, ReplayState, ReplayStore, Selection } from './replay-store.js';
import type { SessionHistory } from './session-history.js';

/** What every pane of a session is a view of. */
export interface Replay {
  readonly history: SessionHistory;
  readonly store: ReplayStore;
  /** Null where no clock of the session is wrong. */
  readonly clocks: Clocks | null;
  /** Whether the server tells of changes, and the session goes on. */
  readonly isLive: boolean;
}

/** Whether the times of the session are those of aligned clocks, or as they were sent. */
export interface Clocks {
  readonly areAligned: boolean;
  toggle(): void;
}

export const ReplayContext = createContext<Replay | null>(null);

/** @throws Error outside a session page. */
export function useReplay(): Replay {
  const replay = useContext(ReplayContext);
  if (replay === null) throw new Error('useReplay needs a ReplayContext above it');
  return replay;
}

/**
 * Selects something in every pane, and moves the playhead to when that was known, or to `timeMs`: one trace may hold several turns.
 */
export function useSelect(): (selection: Selection, timeMs?: number) => void {
  const { history, store } = useReplay();
  return useCallback(
    ({ traceId, observationId }, timeMs) => {
      const selection = { traceId, observationId };
      store.select(selection, timeMs ?? history.momentOf(selection));
    },
    [history, store],
  );
}

/**
 * A view of the replay's state. The component renders again only when what `select` returns is another value, so a view
 * returns a primitive, or an object that stays the same: the playhead moves with every frame.
 */
export function useReplayState<T>(select: (state: ReplayState) => T): T {
  const { store } = useReplay();
  const snapshot = useCallback(() => select(store.state), [select, store]);
  return useSyncExternalStore(store.subscribe, snapshot);
}

export const browserClock: FrameClock = {
  now: () => performance.now(),
  onFrame: (callback) => {
    const handle = requestAnimationFrame(callback);
    return () => cancelAnimationFrame(handle);
  },
};
