import type { ReplayDocument, ReplayObservation } from '@powerrag/protocol';
import { observationKey } from '../state/session-history.js';

/** A lane never takes more rows than this; what overlaps beyond them shares the last. */
const MOST_ROWS = 12;

export interface TimelineLayout {
  /** Row of each observation, by its position in the list, counted from the top of all lanes. */
  readonly rowOf: Uint32Array;
  readonly rowCount: number;
  readonly lanes: readonly { readonly label: string; readonly firstRow: number; readonly rowCount: number }[];
}

/** Lays observations out in rows: lanes one below another, and within a lane children below their parents, none over another. */
export function layOut(lanes: ReplayDocument['lanes'], observations: readonly ReplayObservation[]): TimelineLayout {
  const rowInLane = new Map<string, number>();
  const busyUntil: number[][] = lanes.map(() => []);
  const local = observations.map((observation) => {
    const rows = busyUntil[observation.lane] ?? [];
    const parent =
      observation.parentId === null ? undefined : rowInLane.get(laneKey(observation, observation.parentId));
    const row = freeRow(rows, parent === undefined ? 0 : parent + 1, observation.startMs);
    rows[row] = Math.max(rows[row] ?? 0, observation.endMs ?? Number.POSITIVE_INFINITY);
    rowInLane.set(laneKey(observation, observation.id), row);
    return row;
  });
  let rowCount = 0;
  const placed = lanes.map(({ label }, lane) => {
    const count = Math.max(1, busyUntil[lane]?.length ?? 0);
    const firstRow = rowCount;
    rowCount += count;
    return { label, firstRow, rowCount: count };
  });
  const rowOf = Uint32Array.from(
    observations,
    (o, position) => (placed[o.lane]?.firstRow ?? 0) + (local[position] ?? 0),
  );
  return { rowOf, rowCount, lanes: placed };
}

function freeRow(busyUntil: readonly number[], from: number, startMs: number): number {
  for (let row = Math.min(from, MOST_ROWS - 1); row < MOST_ROWS; row++) {
    const until = busyUntil[row];
    if (until === undefined || until <= startMs) return row;
  }
  return MOST_ROWS - 1;
}

/** A parent counts only in its own lane: a child in another service starts at the top of that one. */
function laneKey({ lane, traceId }: ReplayObservation, id: string): string {
  return `${lane}/${observationKey(traceId, id)}`;
}
