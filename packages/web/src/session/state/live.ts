import type { ReplayDocument } from '@powerrag/protocol';
import { useEffect, useState } from 'react';

/** A session that was heard of this recently goes on, in milliseconds, even where nothing of it is known to run. */
const LIVE_FOR_MS = 120_000;

/** When a session stops being live if no more is heard of it, Unix milliseconds; never while something in it runs. */
export function liveUntil({ session, traces, asOfMs }: ReplayDocument): number {
  if (traces.some(({ running }) => running)) return Number.POSITIVE_INFINITY;
  // A wrong clock may date what happened into the future: it was stored by the time that the document is of.
  return Math.min(session.lastActivityMs, asOfMs) + LIVE_FOR_MS;
}

/** Whether a session goes on and the page is told of it. */
export function useIsLive(document: ReplayDocument | undefined, isFollowed: boolean): boolean {
  const untilMs = document === undefined ? 0 : liveUntil(document);
  const [isOver, setOver] = useState(true);
  useEffect(() => {
    const leftMs = untilMs - Date.now();
    setOver(leftMs <= 0);
    if (leftMs <= 0 || !Number.isFinite(leftMs)) return undefined;
    const timer = setTimeout(() => setOver(true), leftMs);
    return () => clearTimeout(timer);
  }, [untilMs]);
  return isFollowed && !isOver;
}
