import { useEffect, useRef } from 'react';
import { useReplay, useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import type { ConversationItem } from './items.js';
import { positionOfSelection, type RowTimes } from './place.js';

const selectionOf = (state: ReplayState) => state.selection;
const isReplaying = (state: ReplayState): boolean => state.replaying;

/** Brings a row into view, if it is not. At the start, it stays in place while the rows above it take their height. */
export type ScrollTo = (position: number, align: 'start' | 'center') => void;

/** How long the playhead rests on a message far away before the conversation goes there, in milliseconds. */
const REST_MS = 120;

/**
 * Brings into view what has just been selected; while the session is replayed, the message or step that the playhead has come to. A playhead
 * that is dragged past hundreds of messages is followed once it rests: drawing each of them would make it stutter.
 */
export function useFollow({
  items,
  current,
  scrollTo,
  isNear,
}: {
  readonly items: readonly ConversationItem[];
  readonly current: number;
  readonly scrollTo: ScrollTo;
  /** Whether a row is beside those in view. */
  readonly isNear: (position: number) => boolean;
}): void {
  const { history, store } = useReplay();
  const selection = useReplayState(selectionOf);
  const replaying = useReplayState(isReplaying);
  const shown = useRef(store.state.selection);
  const previous = useRef(current);
  const latest = useRef({ current, replaying, scrollTo });
  const turnOver = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    latest.current = { current, replaying, scrollTo };
  });
  useEffect(() => () => clearTimeout(turnOver.current), []);
  useEffect(() => {
    if (selection === shown.current) return;
    const position = positionOfSelection(items, selection, history, store.state.playheadMs);
    if (position !== -1) scrollTo(position, 'start');
    // What is inside a folded step is there only after the steps around it have opened.
    const found = items[position];
    const isThere =
      found?.kind !== 'step' || found.isOpen !== false || found.step.observation.id === selection?.observationId;
    if (isThere) shown.current = selection;
  }, [selection, items, history, store, scrollTo]);
  useEffect(() => {
    if (previous.current === current) return undefined;
    const follow = (): void => {
      turnOver.current = undefined;
      const now = latest.current;
      previous.current = now.current;
      if (now.replaying) now.scrollTo(Math.max(0, now.current), 'center');
    };
    if (!replaying || isNear(current)) {
      // After the frame, when the page is laid out: in the middle of it, scrolling would lay it out once more. It is not put off
      // again by each further step.
      turnOver.current ??= setTimeout(follow, 0);
      return undefined;
    }
    const timer = setTimeout(follow, REST_MS);
    return () => clearTimeout(timer);
  }, [current, replaying, isNear]);
}

/** An address that names a moment or a selection opens the conversation there; any other at its beginning. */
export function useStartAt(items: readonly ConversationItem[], rowTimes: RowTimes, scrollTo: ScrollTo): void {
  const { store, history } = useReplay();
  const done = useRef(false);
  useEffect(() => {
    if (done.current) return;
    done.current = true;
    const { playheadMs, selection, replaying } = store.state;
    const position = replaying ? rowTimes.at(playheadMs) : positionOfSelection(items, selection, history);
    if (position > 0) scrollTo(position, 'start');
  }, [items, rowTimes, scrollTo, store, history]);
}
