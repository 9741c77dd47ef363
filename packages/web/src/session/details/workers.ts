import { groupBy, type ObservationType, type ReplayObservation } from '@powerrag/protocol';
import type { Selection } from '../state/replay-store.js';
import { isError } from '../state/session-history.js';
import { countAtOrBelow, distinctSorted, prefixSums } from '../state/sorted.js';
import { callsOnce, MODEL_CALLS } from '../work/calls-once.js';

/** What one model, tool or search did in a session. */
export interface Worker {
  readonly name: string;
  readonly type: ObservationType;
  readonly first: Selection;
  readonly calls: number;
  readonly errors: number;
  readonly tokens: number;
  /** US dollars. */
  readonly cost: number;
  readonly timeMs: number;
}

export interface Workers {
  readonly models: readonly Worker[];
  readonly tools: readonly Worker[];
}

const TOOLS: ReadonlySet<ObservationType> = new Set(['tool', 'retriever', 'evaluator', 'guardrail']);
/** More than these are left out: the most used are what a reader looks for. */
const MOST = 12;

/**
 * The models and tools of a session as of any moment, the one that took most time first. A call counts when it begins, what it
 * came to when it ends. A call inside a call is one call.
 */
export class WorkersAsOf {
  /** When the answer may become another, ascending. */
  readonly moments: Float64Array;
  readonly #models: readonly WorkerHistory[];
  readonly #tools: readonly WorkerHistory[];

  constructor(observations: readonly ReplayObservation[]) {
    const once = callsOnce(observations);
    const collect = (types: ReadonlySet<ObservationType>): WorkerHistory[] => {
      const byName = groupBy(
        observations.filter(({ type }) => types.has(type)),
        (each) => `${each.type} ${nameOf(each)}`,
      );
      return [...byName.values()].map((own) => new WorkerHistory(own, once));
    };
    this.#models = collect(MODEL_CALLS);
    this.#tools = collect(TOOLS);
    const own = observations.filter(({ type }) => MODEL_CALLS.has(type) || TOOLS.has(type));
    this.moments = distinctSorted(own.flatMap(({ startMs, endMs }) => [startMs, endMs ?? startMs]));
  }

  /** @param timeMs Default: all that is known. */
  at(timeMs = Number.POSITIVE_INFINITY): Workers {
    const shown = (workers: readonly WorkerHistory[]): Worker[] =>
      workers
        .map((worker) => worker.at(timeMs))
        .filter(({ calls, tokens, cost }) => calls > 0 || tokens > 0 || cost > 0)
        .sort((a, b) => b.timeMs - a.timeMs)
        .slice(0, MOST);
    return { models: shown(this.#models), tools: shown(this.#tools) };
  }
}

/** The calls of one worker, in order of start. */
class WorkerHistory {
  readonly #about: Pick<Worker, 'name' | 'type' | 'first'>;
  readonly #starts: Float64Array;
  readonly #errorTimes: Float64Array;
  readonly #ends: Float64Array;
  readonly #tokensByEnd: Float64Array;
  readonly #costByEnd: Float64Array;
  readonly #timeByEnd: Float64Array;

  constructor(observations: readonly ReplayObservation[], once: ReadonlySet<ReplayObservation>) {
    const [first] = observations;
    if (first === undefined) throw new Error('a worker has at least one call');
    const isCall = (each: ReplayObservation): boolean => !MODEL_CALLS.has(each.type) || once.has(each);
    const calls = observations.filter(isCall);
    const byEnd = observations.toSorted((a, b) => (a.endMs ?? Number.MAX_VALUE) - (b.endMs ?? Number.MAX_VALUE));
    this.#about = {
      ...{ name: nameOf(first), type: first.type },
      first: { traceId: first.traceId, observationId: first.id },
    };
    this.#starts = Float64Array.from(calls, ({ startMs }) => startMs).sort();
    this.#errorTimes = Float64Array.from(calls.filter(isError), ({ startMs, endMs }) => endMs ?? startMs).sort();
    this.#ends = Float64Array.from(byEnd, ({ endMs }) => endMs ?? Number.POSITIVE_INFINITY);
    this.#tokensByEnd = prefixSums(byEnd.map(({ countedTokens }) => countedTokens));
    this.#costByEnd = prefixSums(byEnd.map(({ countedCost }) => countedCost ?? 0));
    this.#timeByEnd = prefixSums(byEnd.map((each) => (isCall(each) ? (each.endMs ?? each.startMs) - each.startMs : 0)));
  }

  at(timeMs: number): Worker {
    const ended = countAtOrBelow(this.#ends, timeMs);
    return {
      ...this.#about,
      calls: countAtOrBelow(this.#starts, timeMs),
      errors: countAtOrBelow(this.#errorTimes, timeMs),
      tokens: this.#tokensByEnd[ended] ?? 0,
      cost: this.#costByEnd[ended] ?? 0,
      timeMs: this.#timeByEnd[ended] ?? 0,
    };
  }
}

function nameOf({ type, model, name }: ReplayObservation): string {
  return MODEL_CALLS.has(type) ? (model ?? name) : name;
}
