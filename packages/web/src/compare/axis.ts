import type { ObservationType } from '@powerrag/protocol';
import type { ComparedTurn } from './side.js';

/** A stretch on the shared axis, as parts of its length. */
export interface AxisBar {
  readonly key: string;
  readonly start: number;
  readonly length: number;
  readonly failed: boolean;
  readonly label: string;
  /** The turn that it is, or that it is a step of. */
  readonly number: number;
  /** Of a step. */
  readonly type?: ObservationType;
}

/** Between turns, at most this part of the work is drawn: hours of waiting would leave no room for it. */
const MOST_GAP = 0.02;

interface Span {
  readonly key: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
  readonly label: string;
  readonly number: number;
  readonly type?: ObservationType;
}

/** The bars of two sides on one axis, which is as long as the longer of them. Each side begins at its start. */
export function axisOf(sides: readonly (readonly ComparedTurn[])[]): {
  readonly bars: readonly (readonly AxisBar[])[];
  readonly lengthMs: number;
} {
  const spans = sides.map((turns) => (turns.length === 1 ? stepSpans(turns) : turnSpans(turns)));
  const lengthMs = Math.max(1, ...spans.flat().map(({ endMs }) => endMs));
  const bars = spans.map((side) =>
    side.map(({ startMs, endMs, ...span }) => ({
      ...span,
      start: startMs / lengthMs,
      length: Math.max(0.002, (endMs - startMs) / lengthMs),
    })),
  );
  return { bars, lengthMs };
}

function turnSpans(turns: readonly ComparedTurn[]): Span[] {
  const workMs = turns.reduce((sum, { turn }) => sum + turn.endMs - turn.startMs, 0);
  let [atMs, lastEndMs] = [0, Number.NEGATIVE_INFINITY];
  return turns.map(({ number, turn, question }) => {
    const gapMs = Math.min(MOST_GAP * workMs, Math.max(0, turn.startMs - lastEndMs));
    const startMs = lastEndMs === Number.NEGATIVE_INFINITY ? 0 : atMs + gapMs;
    atMs = startMs + turn.endMs - turn.startMs;
    lastEndMs = turn.endMs;
    const label = question.text.slice(0, 80);
    return { key: String(number), startMs, endMs: atMs, failed: turn.errors.length > 0, label, number };
  });
}

/** Of a single turn, its steps as they ran. */
function stepSpans(turns: readonly ComparedTurn[]): Span[] {
  return turns.flatMap(({ number, turn, steps }) =>
    steps.map(({ id, name, type, startMs, endMs, level }) => ({
      ...{ key: id, label: name, number, type, failed: level === 'ERROR' },
      startMs: Math.max(0, startMs - turn.startMs),
      endMs: Math.max(0, (endMs ?? turn.endMs) - turn.startMs),
    })),
  );
}
