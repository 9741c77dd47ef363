import { phaseIn } from '../state/phase.js';
import type { ReplayState } from '../state/replay-store.js';
import { BAR_PX, type Bars, HEAD_PX, RULER_PX, type View } from './bars.js';
import type { Palette } from './palette.js';
import { paintPicture } from './picture.js';

/** A view as it is drawn: once as it all was, and once as what a replay has not come to yet. */
export interface Pictures {
  readonly view: View;
  readonly bars: Bars;
  readonly known: HTMLCanvasElement;
  readonly upcoming: HTMLCanvasElement;
}

export interface PictureOptions {
  readonly view: View;
  readonly bars: Bars;
  readonly folded: boolean;
  readonly palette: Palette;
  /** Device pixels for a CSS pixel. */
  readonly ratio: number;
}

/** Draws what is in view, and nothing else: a picture costs what is seen rather than what is stored. */
export function makePictures(options: PictureOptions): Pictures {
  const { view, bars } = options;
  return { view, bars, known: onCanvas(options, true), upcoming: onCanvas(options, false) };
}

function onCanvas(options: PictureOptions, isKnown: boolean): HTMLCanvasElement {
  const { view, ratio } = options;
  const element = document.createElement('canvas');
  element.width = Math.max(1, Math.round(view.width * ratio));
  element.height = Math.max(1, Math.round(view.height * ratio));
  const canvas = element.getContext('2d');
  canvas?.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (canvas) paintPicture(canvas, { ...options, isKnown });
  return element;
}

/**
 * One frame: what is known up to the playhead, what is to come after it, and what runs. Bars are not drawn again, so a frame costs
 * the same in any session.
 */
export function drawFrame(
  canvas: CanvasRenderingContext2D,
  { view, bars, known, upcoming }: Pictures,
  state: ReplayState,
  palette: Palette,
): void {
  const { scale, scrollX, width, height } = view;
  const xOf = (timeMs: number): number => scale.toX(timeMs) - scrollX;
  const playheadX = xOf(state.playheadMs);
  canvas.clearRect(0, 0, width, height);
  // Each side of the playhead is painted once: copying a picture is most of what a frame costs.
  const knownTo = state.replaying ? Math.min(width, Math.max(0, playheadX)) : width;
  if (knownTo > 0) drawBetween(canvas, known, view, 0, knownTo);
  if (knownTo < width) {
    drawBetween(canvas, upcoming, view, knownTo, width);
    outlineRunning(canvas, view, bars, state, palette);
  }
  if (state.range) {
    const [left, right] = [xOf(state.range.startMs), xOf(state.range.endMs)];
    canvas.fillStyle = palette.marked;
    canvas.globalAlpha = 0.12;
    canvas.fillRect(left, RULER_PX, right - left, height);
    canvas.globalAlpha = 1;
    canvas.fillRect(left, RULER_PX, 1, height);
    canvas.fillRect(right - 1, RULER_PX, 1, height);
  }
  drawPlayhead(canvas, playheadX, height, palette);
}

/** Copies what a picture shows between two places, CSS pixels of the view. */
function drawBetween(
  canvas: CanvasRenderingContext2D,
  picture: HTMLCanvasElement,
  { width, height }: View,
  left: number,
  right: number,
): void {
  canvas.save();
  canvas.beginPath();
  canvas.rect(left, 0, right - left, height);
  canvas.clip();
  canvas.drawImage(picture, 0, 0, width, height);
  canvas.restore();
}

function outlineRunning(
  canvas: CanvasRenderingContext2D,
  { history, height }: View,
  bars: Bars,
  state: ReplayState,
  palette: Palette,
): void {
  canvas.save();
  canvas.beginPath();
  canvas.rect(0, HEAD_PX, 1e5, height);
  canvas.clip();
  canvas.strokeStyle = palette.playhead;
  canvas.lineWidth = 1.5;
  for (const position of history.intervals.overlapping(state.sweptFromMs, state.playheadMs)) {
    const observation = history.observations[position];
    if (observation === undefined || phaseIn(state, observation) !== 'running') continue;
    const bar = bars.of(observation);
    if (bar) canvas.strokeRect(bar.left + 0.75, bar.top + 0.75, Math.max(1, bar.width - 1.5), BAR_PX - 1.5);
  }
  canvas.restore();
}

function drawPlayhead(canvas: CanvasRenderingContext2D, x: number, height: number, palette: Palette): void {
  canvas.fillStyle = palette.playhead;
  canvas.fillRect(x - 1, RULER_PX - 8, 2, height);
  canvas.beginPath();
  canvas.moveTo(x - 6, RULER_PX - 13);
  canvas.lineTo(x + 6, RULER_PX - 13);
  canvas.lineTo(x, RULER_PX - 4);
  canvas.fill();
}
