import type { SessionFilter } from '@powerrag/protocol';
import type { ListView } from './address.js';
import type { SessionsRequest } from './client.js';
import { inTimeRange } from './time-range.js';

/** A list that was left longer ago than this is a new one: its stretch of time is counted from then. */
const KEPT_MS = 10 * 60_000;

/** When each list was opened, by its address. */
const opened = new Map<string, number>();

/**
 * The time from which a list counts its stretch of time, Unix milliseconds. It stays the same for who comes back to the list, so
 * that its rows are still there.
 */
export function listTime(address: string, nowMs: number): number {
  const before = opened.get(address);
  if (before !== undefined && nowMs - before < KEPT_MS) return before;
  opened.set(address, nowMs);
  return nowMs;
}

/** The filter of a list with its stretch of time as of a moment. */
export function filterAt({ filter, when }: Pick<ListView, 'filter' | 'when'>, nowMs: number): SessionFilter {
  return when === null ? filter : { ...filter, ...inTimeRange(when, nowMs) };
}

export function requestOf(list: ListView, nowMs: number): SessionsRequest {
  return { filter: filterAt(list, nowMs), sort: list.sort, order: list.order };
}
