import type { ReplayGap } from '@powerrag/protocol';
import { formatDuration, formatShortDuration } from '../../ui/format.js';
import { phaseAt } from '../state/phase.js';
import { isError } from '../state/session-history.js';
import { BAR_PX, type Bar, type Bars, ROW_PX, RULER_PX, type View } from './bars.js';
import type { Palette } from './palette.js';
import { rulerTicks } from './ruler.js';

export interface Scene extends View {
  readonly bars: Bars;
  readonly folded: boolean;
  readonly playheadMs: number;
  readonly palette: Palette;
}

/** Draws what is in view, and nothing else, so that a picture costs what is seen rather than what is stored. */
export function drawTimeline(canvas: CanvasRenderingContext2D, scene: Scene): void {
  canvas.clearRect(0, 0, scene.width, scene.height);
  canvas.font = scene.palette.font;
  canvas.textBaseline = 'middle';
  drawLanes(canvas, scene);
  drawGaps(canvas, scene);
  drawBars(canvas, scene);
  drawRuler(canvas, scene);
  drawPlayhead(canvas, scene);
}

function drawLanes(canvas: CanvasRenderingContext2D, { layout, width, scrollY, palette }: Scene): void {
  layout.lanes.forEach((lane, n) => {
    const top = RULER_PX + lane.firstRow * ROW_PX - scrollY;
    if (n % 2 === 1) {
      canvas.fillStyle = palette.stripe;
      canvas.fillRect(0, top, width, lane.rowCount * ROW_PX);
    }
  });
}

function drawGaps(
  canvas: CanvasRenderingContext2D,
  { history, scale, width, height, scrollX, folded, palette }: Scene,
): void {
  if (!folded) return;
  for (const gap of history.document.gaps) {
    const left = scale.toX(gap.startMs) - scrollX;
    const gapWidth = scale.toX(gap.endMs) - scrollX - left;
    if (left + gapWidth < 0 || left > width) continue;
    canvas.fillStyle = palette.gap;
    canvas.fillRect(left, RULER_PX, gapWidth, height - RULER_PX);
    const text = gapTexts(gap).find((candidate) => canvas.measureText(candidate).width <= gapWidth - 2);
    if (text === undefined) continue;
    canvas.fillStyle = palette.quiet;
    canvas.textAlign = 'center';
    canvas.fillText(text, left + gapWidth / 2, RULER_PX + ROW_PX / 2);
  }
}

/** What may stand in a gap, the fullest first. A gap too narrow for any of it says how long it is when the pointer is over it. */
function gapTexts({ startMs, endMs }: ReplayGap): string[] {
  return [formatDuration(endMs - startMs), formatShortDuration(endMs - startMs)];
}

function drawBars(canvas: CanvasRenderingContext2D, scene: Scene): void {
  for (const bar of scene.bars.drawn) drawBar(canvas, scene, bar);
}

function drawBar(
  canvas: CanvasRenderingContext2D,
  { palette, playheadMs, selected, width }: Scene,
  { observation, left, top, width: barWidth, label }: Bar,
): void {
  const phase = phaseAt(observation, playheadMs);
  const colour = isError(observation) ? palette.error : palette.types[observation.type];
  // A canvas draws coordinates far outside of it slowly and without precision.
  const shownLeft = Math.max(-8, left);
  const shownWidth = Math.min(width + 8, left + barWidth) - shownLeft;
  canvas.beginPath();
  canvas.roundRect(shownLeft, top, shownWidth, BAR_PX, Math.min(3, shownWidth / 2));
  canvas.fillStyle = colour;
  canvas.globalAlpha = phase === 'upcoming' ? 0.22 : phase === 'running' ? 0.75 : 1;
  canvas.fill();
  canvas.globalAlpha = 1;
  if (observation === selected) {
    canvas.lineWidth = 2;
    canvas.strokeStyle = palette.text;
    canvas.stroke();
  }
  if (label === null) return;
  canvas.save();
  canvas.clip();
  canvas.textAlign = 'left';
  canvas.fillStyle = phase === 'upcoming' ? palette.quiet : palette.onBar;
  canvas.fillText(label, Math.max(4, shownLeft + 5), top + BAR_PX / 2 + 0.5);
  canvas.restore();
}

function drawRuler(canvas: CanvasRenderingContext2D, { scale, width, scrollX, palette }: Scene): void {
  canvas.fillStyle = palette.ground;
  canvas.fillRect(0, 0, width, RULER_PX);
  canvas.fillStyle = palette.line;
  canvas.fillRect(0, RULER_PX - 1, width, 1);
  canvas.textAlign = 'left';
  for (const { timeMs, label } of rulerTicks(scale, scrollX, scrollX + width - 40)) {
    const x = scale.toX(timeMs) - scrollX;
    canvas.fillStyle = palette.line;
    canvas.fillRect(x, RULER_PX - 6, 1, 5);
    canvas.fillStyle = palette.quiet;
    canvas.fillText(label, x + 4, RULER_PX / 2);
  }
}

function drawPlayhead(canvas: CanvasRenderingContext2D, { scale, height, scrollX, playheadMs, palette }: Scene): void {
  const x = scale.toX(playheadMs) - scrollX;
  canvas.fillStyle = palette.playhead;
  canvas.fillRect(x - 0.75, RULER_PX - 8, 1.5, height);
  canvas.beginPath();
  canvas.moveTo(x - 5, RULER_PX - 12);
  canvas.lineTo(x + 5, RULER_PX - 12);
  canvas.lineTo(x, RULER_PX - 4);
  canvas.fill();
}
