import type { ReplayGap, ReplayTurn } from '@powerrag/protocol';
import { formatDuration, formatShortDuration } from '../../ui/format.js';
import { titleText } from '../../ui/shown-text.js';
import { isError } from '../state/session-history.js';
import { turnWords } from '../state/turn-words.js';
import { BAR_PX, type Bar, type Bars, HEAD_PX, ROW_PX, RULER_PX, type View } from './bars.js';
import type { Palette } from './palette.js';
import { rulerTicks } from './ruler.js';

export interface Picture {
  readonly view: View;
  readonly bars: Bars;
  readonly folded: boolean;
  readonly palette: Palette;
  /** False for what a replay has not come to: it tells that something comes, and neither what nor how it ends. */
  readonly isKnown: boolean;
}

/** A turn narrower than this has no number. */
const NUMBER_FROM_PX = 16;
/** A turn with less room than this beside its number has no words. */
const WORDS_FROM_PX = 24;

/** Paints ruler, turns, lanes, gaps and bars; everything that does not move with the playhead. */
export function paintPicture(canvas: CanvasRenderingContext2D, picture: Picture): void {
  canvas.font = picture.palette.font;
  canvas.textBaseline = 'middle';
  paintLanes(canvas, picture);
  paintGaps(canvas, picture);
  for (const bar of picture.bars.drawn) paintBar(canvas, picture, bar);
  paintHead(canvas, picture);
}

function paintLanes(canvas: CanvasRenderingContext2D, { view, palette }: Picture): void {
  const { layout, width, scrollY } = view;
  layout.lanes.forEach((lane, n) => {
    if (n === 0) return;
    canvas.fillStyle = palette.line;
    canvas.fillRect(0, HEAD_PX + lane.firstRow * ROW_PX - scrollY, width, 1);
  });
}

function paintGaps(canvas: CanvasRenderingContext2D, { view, folded, palette }: Picture): void {
  if (!folded) return;
  for (const { left, right } of gapsInView(view)) {
    canvas.fillStyle = palette.gap;
    canvas.fillRect(left, HEAD_PX, right - left, view.height);
  }
}

function paintBar(canvas: CanvasRenderingContext2D, { view, palette, isKnown }: Picture, bar: Bar): void {
  const { observation, top, label } = bar;
  // A canvas draws coordinates far outside of it slowly and without precision.
  const left = Math.max(-8, bar.left);
  const width = Math.min(view.width + 8, bar.left + bar.width) - left;
  canvas.beginPath();
  canvas.roundRect(left, top, width, BAR_PX, Math.min(3, width / 2));
  canvas.fillStyle = !isKnown
    ? palette.upcoming
    : isError(observation)
      ? palette.error
      : palette.types[observation.type];
  canvas.globalAlpha = isKnown ? (bar.count > 1 && !isError(observation) ? 0.35 + 0.65 * bar.density : 1) : 0.45;
  canvas.fill();
  canvas.globalAlpha = 1;
  if (observation.endMs === null && isKnown) paintOpenEnd(canvas, palette, left + width, top);
  if (observation === view.selected) {
    canvas.lineWidth = 2;
    canvas.strokeStyle = palette.text;
    canvas.stroke();
  }
  if (label === null || !isKnown) return;
  canvas.textAlign = 'left';
  canvas.fillStyle = palette.onBar;
  paintText(canvas, label, Math.max(4, left + 6), left + width - 4, top + BAR_PX / 2 + 0.5);
}

/** What has not ended has no edge, but goes on in stripes. */
function paintOpenEnd(canvas: CanvasRenderingContext2D, palette: Palette, right: number, top: number): void {
  canvas.fillStyle = palette.ground;
  for (let n = 1; n <= 4; n++) canvas.fillRect(right - 4 * n, top, 2, BAR_PX);
}

function paintHead(canvas: CanvasRenderingContext2D, picture: Picture): void {
  const { view, folded, palette } = picture;
  const { scale, width, scrollX } = view;
  canvas.fillStyle = palette.ground;
  canvas.fillRect(0, 0, width, HEAD_PX);
  canvas.textAlign = 'left';
  for (const { timeMs, label } of rulerTicks(scale, scrollX, scrollX + width - 40)) {
    const x = scale.toX(timeMs) - scrollX;
    canvas.fillStyle = palette.line;
    canvas.fillRect(x, RULER_PX - 6, 1, 6);
    canvas.fillStyle = palette.quiet;
    canvas.fillText(label, x + 4, RULER_PX / 2);
  }
  const bands = paintTurnBands(canvas, picture);
  const gaps = folded ? gapsInView(view).map((gap) => ({ ...gap, words: gapWords(canvas, gap) })) : [];
  for (const gap of gaps) paintGapWords(canvas, palette, gap);
  // What a turn says ends before the first idle time in it that says its length; it goes on over shorter ones.
  const named = gaps.filter(({ words }) => words !== undefined);
  for (const band of bands) {
    const end = named.find(({ left }) => left > band.left && left < band.right)?.left;
    paintTurnWords(canvas, picture, { ...band, right: Math.min(band.right, end ?? band.right) });
  }
  canvas.fillStyle = palette.line;
  canvas.fillRect(0, HEAD_PX - 1, width, 1);
}

/** A turn as it is drawn above the lanes; lengths are CSS pixels of the view. */
interface TurnBand {
  readonly turn: ReplayTurn;
  readonly position: number;
  readonly left: number;
  readonly right: number;
}

function paintTurnBands(canvas: CanvasRenderingContext2D, { view, palette }: Picture): TurnBand[] {
  const { history, scale, width, scrollX, height } = view;
  const bands: TurnBand[] = [];
  let paintedTo = Number.NEGATIVE_INFINITY;
  history.document.turns.forEach((turn, position) => {
    const start = scale.toX(turn.startMs) - scrollX;
    const end = scale.toX(turn.endMs) - scrollX;
    // Of turns that share a pixel the first stands for all.
    if (end < 0 || start > width || start < paintedTo) return;
    const [left, right] = [Math.max(0, start), Math.max(start + 2, Math.min(width, end) - 1)];
    paintedTo = Math.max(start + 2, right);
    canvas.fillStyle = palette.turn;
    canvas.fillRect(left, RULER_PX, right - left, HEAD_PX - RULER_PX - 1);
    canvas.fillStyle = palette.line;
    canvas.fillRect(start, RULER_PX, 1, height);
    bands.push({ turn, position, left, right });
  });
  return bands;
}

function paintTurnWords(
  canvas: CanvasRenderingContext2D,
  { palette, isKnown }: Picture,
  { turn, position, left, right }: TurnBand,
): void {
  if (right - left < NUMBER_FROM_PX) return;
  // A number that is cut would be another turn's.
  const number = `${position + 1}`;
  const room = right - left - 8 - canvas.measureText(number).width;
  if (room < 0) return;
  canvas.fillStyle = isKnown ? palette.text : palette.quiet;
  const words = isKnown && room >= WORDS_FROM_PX ? titleText(turnWords(turn), 160) : '';
  paintText(canvas, `${number}  ${words}`.trimEnd(), left + 6, right - 2, (RULER_PX + HEAD_PX) / 2);
}

interface GapInView {
  readonly gap: ReplayGap;
  readonly left: number;
  readonly right: number;
}

/** How long a gap is, in as many words as it has room for; undefined where not even a few fit. */
function gapWords(canvas: CanvasRenderingContext2D, { gap, left, right }: GapInView): string | undefined {
  const lengthMs = gap.endMs - gap.startMs;
  const words = [formatDuration(lengthMs), formatShortDuration(lengthMs)];
  return words.find((candidate) => canvas.measureText(candidate).width <= right - left - 4);
}

function paintGapWords(
  canvas: CanvasRenderingContext2D,
  palette: Palette,
  { left, right, words }: GapInView & { readonly words: string | undefined },
): void {
  canvas.fillStyle = palette.gap;
  canvas.fillRect(left, RULER_PX, right - left, HEAD_PX - RULER_PX - 1);
  if (words === undefined) return;
  canvas.textAlign = 'center';
  canvas.fillStyle = palette.quiet;
  canvas.fillText(words, (left + right) / 2, (RULER_PX + HEAD_PX) / 2);
  canvas.textAlign = 'left';
}

function gapsInView({ history, scale, scrollX, width }: View): GapInView[] {
  return history.document.gaps
    .map((gap) => ({ gap, left: scale.toX(gap.startMs) - scrollX, right: scale.toX(gap.endMs) - scrollX }))
    .filter(({ left, right }) => right > 0 && left < width && right - left > 1);
}

/** A text that ends in an ellipsis where it is longer than its room; nothing where not even a few letters fit. */
function paintText(canvas: CanvasRenderingContext2D, text: string, left: number, right: number, y: number): void {
  const room = right - left;
  let shown = text;
  if (canvas.measureText(text).width > room) {
    let [fits, tooLong] = [0, text.length];
    while (tooLong - fits > 1) {
      const middle = (fits + tooLong) >>> 1;
      if (canvas.measureText(`${text.slice(0, middle)}…`).width <= room) fits = middle;
      else tooLong = middle;
    }
    shown =
      fits < 2
        ? canvas.measureText(text.slice(0, 1)).width <= room
          ? text.slice(0, 1)
          : ''
        : `${text.slice(0, fits).trimEnd()}…`;
  }
  if (shown !== '') canvas.fillText(shown, left, y);
}
