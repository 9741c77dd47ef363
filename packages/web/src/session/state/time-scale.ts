import type { ReplayGap } from '@powerrag/protocol';

/** A stretch of a session's time on a straight line: active time at a constant rate, or a gap folded to a fixed length. */
interface Segment {
  readonly startMs: number;
  readonly endMs: number;
  readonly startX: number;
  readonly endX: number;
}

/** A stretch of a session's time, in milliseconds from its start. */
export interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}

export interface TimeScaleOptions {
  readonly durationMs: number;
  /** In order, not overlapping. */
  readonly gaps: readonly ReplayGap[];
  /** Length of one active millisecond. */
  readonly perMs: number;
  /** Length of a folded gap, whatever its duration. A gap that is shorter than this unfolded keeps its own length. */
  readonly foldedGap: number;
}

/**
 * The one mapping between time and length with idle gaps folded. The timeline uses it with pixels as the length; the player
 * with milliseconds of watching, so that what looks folded also plays folded.
 */
export class TimeScale {
  readonly #segments: readonly Segment[];
  readonly length: number;
  /** Length of a millisecond outside folded gaps. */
  readonly perMs: number;
  /** What lies between folded gaps, in order: there, and only there, time runs at `perMs`. */
  readonly stretches: readonly Stretch[];

  constructor(options: TimeScaleOptions) {
    const segments: Segment[] = [];
    let timeMs = 0;
    let x = 0;
    const add = (endMs: number, length: number): void => {
      if (endMs <= timeMs) return;
      segments.push({ startMs: timeMs, endMs, startX: x, endX: x + length });
      timeMs = endMs;
      x += length;
    };
    for (const gap of options.gaps) {
      const endMs = Math.min(gap.endMs, options.durationMs);
      add(gap.startMs, (gap.startMs - timeMs) * options.perMs);
      add(endMs, Math.min((endMs - gap.startMs) * options.perMs, options.foldedGap));
    }
    add(options.durationMs, (options.durationMs - timeMs) * options.perMs);
    this.#segments = segments;
    this.length = x;
    this.perMs = options.perMs;
    this.stretches = unfoldedStretches(segments, options.perMs);
  }

  /** Where a moment lies. Moments outside the session are held at its bounds. */
  toX(timeMs: number): number {
    const segment = this.#at((candidate) => candidate.endMs, timeMs);
    return segment ? mapRange(timeMs, segment.startMs, segment.endMs, segment.startX, segment.endX) : 0;
  }

  /** The moment at a length from the start; the inverse of `toX`. */
  toTime(x: number): number {
    const segment = this.#at((candidate) => candidate.endX, x);
    return segment ? mapRange(x, segment.startX, segment.endX, segment.startMs, segment.endMs) : 0;
  }

  /** The first segment that ends at or after `value`, else the last. */
  #at(endOf: (segment: Segment) => number, value: number): Segment | undefined {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const segment = this.#segments[middle];
      if (segment && endOf(segment) < value) low = middle + 1;
      else high = middle;
    }
    return this.#segments[low];
  }
}

function unfoldedStretches(segments: readonly Segment[], perMs: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { startMs, endMs, startX, endX } of segments) {
    if (endX - startX < (endMs - startMs) * perMs * 0.999) continue;
    const last = stretches.at(-1);
    if (last?.endMs === startMs) stretches[stretches.length - 1] = { startMs: last.startMs, endMs };
    else stretches.push({ startMs, endMs });
  }
  return stretches;
}

function mapRange(value: number, from: number, to: number, mappedFrom: number, mappedTo: number): number {
  if (to <= from) return mappedFrom;
  const part = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return mappedFrom + part * (mappedTo - mappedFrom);
}

export interface FitOptions {
  readonly durationMs: number;
  readonly gaps: readonly ReplayGap[];
  /** The length that the whole session shall have. */
  readonly width: number;
  /** The length that a folded gap shall have, less where gaps would take more than a third of the width. */
  readonly foldedGap: number;
}

/** The scale that shows a whole session in a given width. */
export function fitTimeScale({ durationMs, gaps, width, foldedGap }: FitOptions): TimeScale {
  return new TimeScale({ durationMs, gaps, ...fitRates({ durationMs, gaps, width, foldedGap }) });
}

/** The rates under which a whole session has the given width. */
export function fitRates({ durationMs, gaps, width, foldedGap }: FitOptions): { perMs: number; foldedGap: number } {
  const gapLength = gaps.length === 0 ? 0 : Math.min(foldedGap, width / 3 / gaps.length);
  const lengths = gaps.map((gap) => gap.endMs - gap.startMs);
  let perMs = durationMs > 0 ? width / durationMs : 0;
  // Folding the long gaps leaves more room for the rest, at which a further gap may be worth folding: each round folds more, or is the last.
  for (;;) {
    const folded = lengths.filter((lengthMs) => lengthMs * perMs > gapLength);
    const activeMs = durationMs - folded.reduce((sum, lengthMs) => sum + lengthMs, 0);
    const next = activeMs > 0 ? (width - folded.length * gapLength) / activeMs : perMs;
    if (next <= perMs) return { perMs, foldedGap: gapLength };
    perMs = next;
  }
}
