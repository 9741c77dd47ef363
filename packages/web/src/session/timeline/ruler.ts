import { formatOffset } from '../../ui/format.js';
import type { Stretch, TimeScale } from '../state/time-scale.js';

/** CSS pixels that a step takes at least. */
const LEAST_STEP_PX = 80;
/** Room for a label, in CSS pixels. Less than a folded gap takes, so that what follows one can be marked. */
export const LABEL_PX = 64;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A step is a round number as people count time: 1, 2 or 5 times a power of ten, and parts of a minute, an hour and a day. */
const STEPS_MS: readonly number[] = [
  ...[-4, -3, -2, -1, 0, 1, 2].flatMap((power) =>
    [1, 2, 5].map((n) => (power < 0 ? n / 10 ** -power : n * 10 ** power)),
  ),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR_MS),
  ...[0, 1, 2, 3].flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power * DAY_MS)),
];

export interface Tick {
  readonly timeMs: number;
  readonly label: string;
}

/**
 * The marks of the ruler from one length to another: multiples of one round step. A folded gap has none. A stretch between
 * gaps that is too short for the step is marked at its roundest moment, where there is room.
 */
export function rulerTicks(scale: TimeScale, fromX: number, toX: number): Tick[] {
  const stepMs = STEPS_MS.find((candidate) => candidate * scale.perMs >= LEAST_STEP_PX) ?? Number.POSITIVE_INFINITY;
  const inMs = (scale.stretches.at(-1)?.endMs ?? 0) < SECOND_MS;
  const ticks: Tick[] = [];
  let freeFromX = 0;
  for (const stretch of scale.stretches) {
    if (scale.toX(stretch.startMs) > toX) break;
    const marks = marksIn(stretch, stepMs);
    if (marks === undefined) continue;
    // Within a stretch, ticks are never too near one another: only the first can be too near the stretch before.
    const first = scale.toX(marks.first * marks.stepMs) < freeFromX ? marks.first + 1 : marks.first;
    if (first > marks.last) continue;
    freeFromX = scale.toX(marks.last * marks.stepMs) + LABEL_PX;
    const firstSeen = Math.max(first, Math.ceil(scale.toTime(fromX) / marks.stepMs));
    for (let n = firstSeen; n <= marks.last; n++) {
      const timeMs = n * marks.stepMs;
      if (scale.toX(timeMs) > toX) break;
      ticks.push({ timeMs, label: labelOf(timeMs, marks.stepMs, inMs) });
    }
  }
  return ticks;
}

/** The fewest round marks from 0 to a length that divide it in no more than `most` parts. */
export function roundTicks(lengthMs: number, most: number): Tick[] {
  const stepMs = STEPS_MS.find((candidate) => lengthMs / candidate <= most) ?? lengthMs;
  const count = Math.floor(lengthMs / stepMs + 1e-9);
  return Array.from({ length: count + 1 }, (_, n) => ({
    timeMs: n * stepMs,
    label: labelOf(n * stepMs, stepMs, lengthMs < SECOND_MS),
  }));
}

interface Marks {
  readonly stepMs: number;
  /** The marks are `first * stepMs`, …, `last * stepMs`. */
  readonly first: number;
  readonly last: number;
}

function marksIn(stretch: Stretch, stepMs: number): Marks | undefined {
  return multiplesIn(stretch, stepMs) ?? roundestIn(stretch, stepMs);
}

function roundestIn(stretch: Stretch, belowMs: number): Marks | undefined {
  for (const stepMs of STEPS_MS.toReversed()) {
    const marks = stepMs < belowMs ? multiplesIn(stretch, stepMs) : undefined;
    if (marks) return { ...marks, last: marks.first };
  }
  return undefined;
}

function multiplesIn({ startMs, endMs }: Stretch, stepMs: number): Marks | undefined {
  const first = Math.ceil(startMs / stepMs);
  const last = Math.floor(endMs / stepMs);
  return first <= last ? { stepMs, first, last } : undefined;
}

/** With the decimals that the step needs and no more. A session that takes less than a second is read in milliseconds. */
function labelOf(timeMs: number, stepMs: number, inMs: boolean): string {
  if (inMs) return `${timeMs.toFixed(decimalsOf(stepMs))} ms`;
  return formatOffset(timeMs, decimalsOf(stepMs / SECOND_MS));
}

function decimalsOf(step: number): number {
  return Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
}
