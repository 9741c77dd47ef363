import type { ReplayObservation } from '@powerrag/protocol';
import { titleText } from '../../ui/shown-text.js';
import { isError, type SessionHistory } from '../state/session-history.js';
import type { TimeScale } from '../state/time-scale.js';
import type { TimelineLayout } from './layout.js';

export const ROW_PX = 20;
export const BAR_PX = 16;
/** The ruler, below it the turns, and both of them above the lanes. */
export const RULER_PX = 22;
export const HEAD_PX = 44;
const LEAST_BAR_PX = 2;
const LABEL_FROM_PX = 40;
/** A bar up to this width joins those beside it where they leave no room between them. */
const JOINED_UP_TO_PX = 3;
/** No wider do joined bars become, so that what is hit is near what was meant. */
const MOST_JOINED_PX = 8;
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
  /** Observations that the bar stands for: `observation`, the longest, and others beside or below it. */
  readonly count: number;
  /** The part of the bar's width in which something ran, above 0 and up to 1. */
  readonly density: number;
}

/** The bars of a view, made once. They are drawn and hit by the same list, so what is hit is what is seen. */
export class Bars {
  /** In the order in which they are drawn: a later one covers an earlier. */
  readonly drawn: readonly Bar[];
  readonly #byRow = new Map<number, Bar[]>();
  readonly #byObservation = new Map<ReplayObservation, Bar>();
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
    this.drawn = barsInView(view);
    for (const bar of this.drawn) {
      this.#byObservation.set(bar.observation, bar);
      const row = this.#byRow.get(bar.top);
      if (row) row.push(bar);
      else this.#byRow.set(bar.top, [bar]);
    }
  }

  /** The bar of an observation; undefined where it has none of its own. */
  of(observation: ReplayObservation): Bar | undefined {
    return this.#byObservation.get(observation);
  }

  /** The bar that is drawn at a place, else the nearest one beside it in its row. */
  at(x: number, y: number): Bar | undefined {
    if (y < HEAD_PX) return undefined;
    const row = Math.floor((y - HEAD_PX + this.#view.scrollY) / ROW_PX);
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
    return nearest;
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
 * Failures come after everything else, and the selected observation after them. Where many short bars of one rank follow one
 * another in a row, they are one bar that shows how densely they do.
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
  return ranks.flatMap(joined);
}

function barAt(view: View, position: number): Bar | undefined {
  const { history, layout, scale, height, scrollX } = view;
  const observation = history.observations[position];
  const row = layout.rowOf[position];
  if (observation === undefined || row === undefined) return undefined;
  const top = topOf(row, view);
  if (top + BAR_PX < HEAD_PX || top > height) return undefined;
  const left = scale.toX(observation.startMs) - scrollX;
  const right = scale.toX(observation.endMs ?? history.document.durationMs) - scrollX;
  if (left > view.width || Math.max(right, left + LEAST_BAR_PX) < 0) return undefined;
  const label = right - left < LABEL_FROM_PX ? null : titleText(observation.name, LABEL_UNITS);
  return { observation, left, top, width: Math.max(LEAST_BAR_PX, right - left), label, count: 1, density: 1 };
}

function topOf(row: number, { scrollY }: Pick<View, 'scrollY'>): number {
  return HEAD_PX + row * ROW_PX - scrollY + (ROW_PX - BAR_PX) / 2;
}

/** The bars, those that are short and leave no room between them joined. They come in order of start, and so of their left. */
function joined(bars: readonly Bar[]): Bar[] {
  const result: Bar[] = [];
  const lastOfRow = new Map<number, number>();
  for (const bar of bars) {
    const position = lastOfRow.get(bar.top);
    const last = position === undefined ? undefined : result[position];
    if (position === undefined || last === undefined || !isJoined(last, bar)) {
      lastOfRow.set(bar.top, result.push(bar) - 1);
      continue;
    }
    const width = Math.max(last.left + last.width, bar.left + bar.width) - last.left;
    const busy = Math.min(width, last.density * last.width + bar.width);
    const { observation } = durationOf(bar) > durationOf(last) ? bar : last;
    result[position] = { ...last, observation, width, count: last.count + 1, density: busy / width };
  }
  return result;
}

function isJoined(last: Bar, bar: Bar): boolean {
  const room = bar.left - (last.left + last.width);
  const isShort = bar.width <= JOINED_UP_TO_PX && (last.count > 1 || last.width <= JOINED_UP_TO_PX);
  return isShort && room < 1 && bar.left + bar.width - last.left <= MOST_JOINED_PX;
}

function durationOf({ observation: { startMs, endMs } }: Bar): number {
  return endMs === null ? Number.POSITIVE_INFINITY : endMs - startMs;
}
