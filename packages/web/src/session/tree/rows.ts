import type { ReplayDocument, ReplayObservation, ReplayTrace } from '@powerrag/protocol';
import { observationKey } from '../state/session-history.js';

/** One row of the trace tree. `level` and the set are counted as ARIA counts them, from 1. */
export interface TreeRow {
  readonly key: string;
  readonly parentKey: string | null;
  readonly trace: ReplayTrace;
  /** Null for the row of the trace itself. */
  readonly observation: ReplayObservation | null;
  readonly level: number;
  readonly position: number;
  readonly setSize: number;
  readonly childCount: number;
}

/** A trace tree: every row there is, parents before children, siblings by start. */
export function treeRows(document: ReplayDocument): TreeRow[] {
  const present = new Set(document.observations.map((o) => observationKey(o.traceId, o.id)));
  const children = new Map<string, ReplayObservation[]>();
  for (const observation of document.observations) {
    const parentKey = observation.parentId === null ? null : observationKey(observation.traceId, observation.parentId);
    const key = parentKey !== null && present.has(parentKey) ? parentKey : observation.traceId;
    const siblings = children.get(key);
    if (siblings) siblings.push(observation);
    else children.set(key, [observation]);
  }
  const rows: TreeRow[] = [];
  const pending: TreeRow[] = document.traces
    .map((trace, n) => ({
      key: trace.id,
      parentKey: null,
      trace,
      observation: null,
      level: 1,
      position: n + 1,
      setSize: document.traces.length,
      childCount: children.get(trace.id)?.length ?? 0,
    }))
    .reverse();
  // A stack of its own instead of recursion: a trace may be nested deeper than calls can be.
  for (let row = pending.pop(); row !== undefined; row = pending.pop()) {
    rows.push(row);
    const parent = row;
    const siblings = children.get(parent.key) ?? [];
    const next = siblings.map((observation, n): TreeRow => {
      const key = observationKey(observation.traceId, observation.id);
      return {
        key,
        parentKey: parent.key,
        trace: parent.trace,
        observation,
        level: parent.level + 1,
        position: n + 1,
        setSize: siblings.length,
        childCount: children.get(key)?.length ?? 0,
      };
    });
    for (const child of next.reverse()) pending.push(child);
  }
  return rows;
}

/** The rows that are seen while the rows in `closed` are folded. */
export function visibleRows(rows: readonly TreeRow[], closed: ReadonlySet<string>): TreeRow[] {
  const visible: TreeRow[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.level > hiddenBelow) continue;
    hiddenBelow = closed.has(row.key) ? row.level : Number.POSITIVE_INFINITY;
    visible.push(row);
  }
  return visible;
}

/** Keys of all rows above a row, so that they can be unfolded. */
export function ancestors(rows: ReadonlyMap<string, TreeRow>, key: string): string[] {
  const above: string[] = [];
  for (let row = rows.get(key); row?.parentKey != null; row = rows.get(row.parentKey)) above.push(row.parentKey);
  return above;
}
