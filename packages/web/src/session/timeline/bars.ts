import type { ReplayObservation } from '@powerrag/protocol';
import { titleText } from '../../ui/shown-text.js';
import { isError, type SessionHistory } from '../state/session-history.js';
import type { TimeScale } from '../state/time-scale.js';
import type { TimelineLayout } from './layout.js';

export const ROW_PX = 17;
export const RULER_PX = 24;
export const BAR_PX = 13;
const LEAST_BAR_PX = 2;
const LABEL_FROM_PX = 44;
const LABEL_UNITS = 200;
/** How far beside a bar a pointer still means it, in CSS pixels. */
const REACH_PX = 3;

/** What decides which bars are in view, and where. Lengths are CSS pixels. The playhead does not: it only dims them. */
export interface View {
  readonly history: SessionHistory;
  readonly layout: TimelineLayout;
  readonly scale: TimeScale;
  readonly width: number;
  readonly height: number;
  readonly scrollX: number;
  readonly scrollY: number;
  readonly selected: ReplayObservation | undefined;
}

/** A bar as it is drawn; lengths are CSS pixels of the view. */
export interface Bar {
  readonly observation: ReplayObservation;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  /** Null on a bar that is too short for words. */
  readonly label: string | null;
}

/** The bars of a view, made once. They are drawn and hit by the same list, so what is hit is what is seen. */
export class Bars {
  /** In the order in which they are drawn: a later one covers an earlier. */
  readonly drawn: readonly Bar[];
  readonly #byRow = new Map<number, Bar[]>();
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
    this.drawn = barsInView(view);
    for (const bar of this.drawn) {
      const row = this.#byRow.get(bar.top);
      if (row) row.push(bar);
      else this.#byRow.set(bar.top, [bar]);
    }
  }

  /** The observation whose bar is drawn at a place, else that of the nearest bar beside it in its row. */
  at(x: number, y: number): ReplayObservation | undefined {
    if (y < RULER_PX) return undefined;
    const row = Math.floor((y - RULER_PX + this.#view.scrollY) / ROW_PX);
    let nearest: Bar | undefined;
    let nearestPx = REACH_PX;
    for (const bar of this.#byRow.get(topOf(row, this.#view)) ?? []) {
      const distance = Math.max(0, bar.left - x, x - (bar.left + bar.width));
      // Of those at the same distance the last is on top.
      if (distance <= nearestPx) {
        nearest = bar;
        nearestPx = distance;
      }
    }
    return nearest?.observation;
  }
}

/** Gives the bars of a view, and the same ones for as long as the view stays the same. */
export function barsOfLastView(): (view: View) => Bars {
  let last: { readonly view: View; readonly bars: Bars } | undefined;
  return (view) => {
    if (last === undefined || !isSameView(last.view, view)) last = { view, bars: new Bars(view) };
    return last.bars;
  };
}

function isSameView(a: View, b: View): boolean {
  return VIEW_FIELDS.every((field) => a[field] === b[field]);
}

const VIEW_FIELDS = Object.keys({
  history: true,
  layout: true,
  scale: true,
  width: true,
  height: true,
  scrollX: true,
  scrollY: true,
  selected: true,
} satisfies Record<keyof View, true>) as (keyof View)[];

/**
 * Failures come after everything else, and the selected observation after them. Where many bars fall on one pixel of one row, the
 * first of each of these ranks stands for all.
 */
function barsInView(view: View): Bar[] {
  const { history, scale, width, scrollX, selected } = view;
  // A bar is as wide as it must be to be seen, so one that ended before the view may still reach into it.
  const visible = history.intervals.overlapping(scale.toTime(scrollX - LEAST_BAR_PX), scale.toTime(scrollX + width));
  const ranks: [Bar[], Bar[], Bar[]] = [[], [], []];
  for (const position of visible) {
    const bar = barAt(view, position);
    if (bar === undefined) continue;
    const rank = bar.observation === selected ? 2 : isError(bar.observation) ? 1 : 0;
    ranks[rank].push(bar);
  }
  return ranks.flatMap(withoutCovered);
}

function barAt(view: View, position: number): Bar | undefined {
  const { history, layout, scale, height, scrollX } = view;
  const observation = history.observations[position];
  const row = layout.rowOf[position];
  if (observation === undefined || row === undefined) return undefined;
  const top = topOf(row, view);
  if (top + BAR_PX < RULER_PX || top > height) return undefined;
  const left = scale.toX(observation.startMs) - scrollX;
  const right = scale.toX(observation.endMs ?? history.document.durationMs) - scrollX;
  const label = right - left < LABEL_FROM_PX ? null : titleText(observation.name, LABEL_UNITS);
  return { observation, left, top, width: Math.max(LEAST_BAR_PX, right - left), label };
}

function topOf(row: number, { scrollY }: Pick<View, 'scrollY'>): number {
  return RULER_PX + row * ROW_PX - scrollY + (ROW_PX - BAR_PX) / 2;
}

/** The bars without those of the least width that lie, but for less than half a pixel, under an earlier one of their row. */
function withoutCovered(bars: readonly Bar[]): Bar[] {
  const coveredTo = new Map<number, number>();
  return bars.filter(({ left, top, width }) => {
    const right = left + width;
    const covered = coveredTo.get(top) ?? Number.NEGATIVE_INFINITY;
    if (width <= LEAST_BAR_PX && right - Math.max(left, covered) < 0.5) return false;
    coveredTo.set(top, Math.max(covered, right));
    return true;
  });
}
