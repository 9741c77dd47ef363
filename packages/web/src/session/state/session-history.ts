import type { ReplayDocument, ReplayGap, ReplayObservation, ReplayTrace, ReplayTurn } from '@powerrag/protocol';
import { IntervalIndex } from './interval-index.js';
import { countAtOrBelow, distinctSorted, neighbour, prefixSums } from './sorted.js';

/** What was so at one moment of a session. Tokens and cost count from the moment their observation ended: before it nobody knew them. */
export interface AsOf {
  readonly traceCount: number;
  readonly startedCount: number;
  readonly endedCount: number;
  /** What is open; a trace whose root is open but has not been sent yet counts as one. */
  readonly runningCount: number;
  readonly errorCount: number;
  readonly totalTokens: number;
  /** In US dollars; null when nothing in the session carries a cost. */
  readonly totalCost: number | null;
}

/** The kinds of moment that the player can step over. */
export type StepKind = 'event' | 'step' | 'turn' | 'error';

/**
 * The session as of any time: what had started, was running and had been said by then. Every answer is a binary search, so moving
 * the playhead costs the same in a session of ten observations and of ten thousand.
 */
export class SessionHistory {
  readonly document: ReplayDocument;
  /** In order of start; positions below refer to this list. */
  readonly observations: readonly ReplayObservation[];
  readonly intervals: IntervalIndex;
  /** Whether an observation did not end, and has the last sign of its trace as its end. */
  readonly isAbandoned: (observation: ReplayObservation) => boolean;
  readonly #positions = new Map<string, number>();
  readonly #positionsById = new Map<string, number>();
  readonly #traces: ReadonlyMap<string, ReplayTrace>;
  readonly #runningTraces: ReadonlySet<string>;
  readonly #traceStarts: Float64Array;
  readonly #unsentRootStarts: Float64Array;
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #tokensByEnd: Float64Array;
  readonly #costByEnd: Float64Array;
  readonly #errorTimes: Float64Array;
  readonly #gapStarts: Float64Array;
  readonly #turnStarts: Float64Array;
  readonly #moments: Readonly<Record<StepKind, Float64Array>>;

  /**
   * @param isAbandoned whether an observation of the document did not end, though it has a time for its end. Default: none.
   */
  constructor(document: ReplayDocument, isAbandoned: (observation: ReplayObservation) => boolean = () => false) {
    this.isAbandoned = isAbandoned;
    const observations = document.observations.toSorted((a, b) => a.startMs - b.startMs);
    const ended = observations.filter(hasEnded).sort((a, b) => a.endMs - b.endMs);
    this.document = document;
    this.observations = observations;
    this.intervals = new IntervalIndex(observations);
    observations.forEach((observation, position) => {
      this.#positions.set(observationKey(observation.traceId, observation.id), position);
      if (!this.#positionsById.has(observation.id)) this.#positionsById.set(observation.id, position);
    });
    this.#traces = new Map(document.traces.map((trace) => [trace.id, trace]));
    this.#runningTraces = new Set(document.turns.flatMap((turn) => (turn.running ? [turn.traceId] : [])));
    this.#traceStarts = Float64Array.from(document.traces, (trace) => trace.startMs).sort();
    const openTraces = new Set(observations.flatMap((o) => (o.endMs === null ? [o.traceId] : [])));
    const unsent = document.traces.filter(({ id }) => this.#runningTraces.has(id) && !openTraces.has(id));
    this.#unsentRootStarts = Float64Array.from(unsent, (trace) => trace.startMs).sort();
    this.#starts = Float64Array.from(observations, (observation) => observation.startMs);
    this.#ends = Float64Array.from(ended, (observation) => observation.endMs);
    this.#tokensByEnd = prefixSums(ended.map((observation) => observation.countedTokens));
    this.#costByEnd = prefixSums(ended.map((observation) => observation.countedCost ?? 0));
    this.#errorTimes = Float64Array.from(observations.filter(isError), (o) => o.endMs ?? o.startMs).sort();
    this.#gapStarts = Float64Array.from(document.gaps, (gap) => gap.startMs);
    this.#turnStarts = Float64Array.from(document.turns, (turn) => turn.startMs);
    this.#moments = {
      event: distinctSorted([...this.#starts, ...this.#ends]),
      step: distinctSorted([...messageTimes(document.turns), ...this.#stepStarts(document.turns)]),
      turn: distinctSorted(document.turns.map((turn) => turn.startMs)),
      error: distinctSorted(this.#errorTimes),
    };
  }

  /** The observation of a trace, or undefined when the session has none such. */
  find(traceId: string, id: string): ReplayObservation | undefined {
    const position = this.#positions.get(observationKey(traceId, id));
    return position === undefined ? undefined : this.observations[position];
  }

  /** The first observation with this id in any trace. */
  findById(id: string): ReplayObservation | undefined {
    const position = this.#positionsById.get(id);
    return position === undefined ? undefined : this.observations[position];
  }

  trace(id: string): ReplayTrace | undefined {
    return this.#traces.get(id);
  }

  /** Whether a trace goes on, as far as anybody knows: its root has not ended, or has not arrived yet. */
  isRunning(traceId: string): boolean {
    return this.#runningTraces.has(traceId);
  }

  /** Whether the parent of an observation is missing. A parent that still runs is not: it is sent when it ends. */
  isOrphan({ orphan, traceId }: ReplayObservation): boolean {
    return orphan && !this.isRunning(traceId);
  }

  /** When what is selected was known: an observation when it ended, or began where it has not ended; a trace when it began. */
  momentOf({
    traceId,
    observationId,
  }: {
    readonly traceId: string;
    readonly observationId: string | null;
  }): number | undefined {
    if (observationId === null) return this.trace(traceId)?.startMs;
    const observation = this.find(traceId, observationId);
    return observation?.endMs ?? observation?.startMs;
  }

  /** The error that was known at a moment, if one was. */
  errorAt(timeMs: number): ReplayObservation | undefined {
    return this.observations.find(
      (observation) => isError(observation) && (observation.endMs ?? observation.startMs) === timeMs,
    );
  }

  /** The state of the session at `timeMs`, ends at that very moment included. */
  asOf(timeMs: number): AsOf {
    const startedCount = countAtOrBelow(this.#starts, timeMs);
    const endedCount = countAtOrBelow(this.#ends, timeMs);
    return {
      startedCount,
      endedCount,
      traceCount: countAtOrBelow(this.#traceStarts, timeMs),
      runningCount: startedCount - endedCount + countAtOrBelow(this.#unsentRootStarts, timeMs),
      errorCount: countAtOrBelow(this.#errorTimes, timeMs),
      totalTokens: this.#tokensByEnd[endedCount] ?? 0,
      totalCost: this.document.session.totalCost === null ? null : (this.#costByEnd[endedCount] ?? 0),
    };
  }

  /** What is open at `timeMs`, in order of start. */
  runningAt(timeMs: number): ReplayObservation[] {
    return this.intervals.openAt(timeMs).flatMap((position) => this.observations[position] ?? []);
  }

  /** The gap that a moment is inside of. */
  gapAt(timeMs: number): ReplayGap | undefined {
    const gap = this.document.gaps[countAtOrBelow(this.#gapStarts, timeMs) - 1];
    return gap && gap.startMs < timeMs && timeMs < gap.endMs ? gap : undefined;
  }

  /** The position of the turn that had begun last at a moment; -1 before the first. */
  turnPositionAt(timeMs: number): number {
    return countAtOrBelow(this.#turnStarts, timeMs) - 1;
  }

  /** The moment of a kind next to `timeMs`; the session's own bound past either end. */
  step(kind: StepKind, timeMs: number, direction: 1 | -1): number {
    const bound = direction === 1 ? this.document.durationMs : 0;
    return neighbour(this.#moments[kind], timeMs, direction) ?? bound;
  }

  #stepStarts(turns: readonly ReplayTurn[]): number[] {
    return turns.flatMap((turn) => turn.steps.flatMap((id) => this.find(turn.traceId, id)?.startMs ?? []));
  }
}

function messageTimes(turns: readonly ReplayTurn[]): number[] {
  return turns.flatMap(({ messages }) => messages.map(({ atMs }) => atMs));
}

/** Observation ids are unique only within their trace. */
export function observationKey(traceId: string, id: string): string {
  return `${traceId}/${id}`;
}

export function isError(observation: ReplayObservation): boolean {
  return observation.level === 'ERROR';
}

function hasEnded(observation: ReplayObservation): observation is ReplayObservation & { readonly endMs: number } {
  return observation.endMs !== null;
}
