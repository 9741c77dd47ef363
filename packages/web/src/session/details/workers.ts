import type { ObservationType, ReplayObservation } from '@powerrag/protocol';
import type { Selection } from '../state/replay-store.js';
import { isError } from '../state/session-history.js';
import { callsOnce, MODEL_CALLS } from '../work/calls-once.js';

/** What one model, tool or search did in a session. */
interface Worker {
  readonly name: string;
  readonly type: ObservationType;
  readonly first: Selection;
  calls: number;
  errors: number;
  tokens: number;
  /** US dollars. */
  cost: number;
  timeMs: number;
}

export interface Workers {
  readonly models: readonly Readonly<Worker>[];
  readonly tools: readonly Readonly<Worker>[];
}

const TOOLS: ReadonlySet<ObservationType> = new Set(['tool', 'retriever', 'evaluator', 'guardrail']);
/** More than these are left out: the most used are what a reader looks for. */
const MOST = 12;

/** The models and tools of a session, the one that took most time first. A call inside a call is one call. */
export function workersOf(observations: readonly ReplayObservation[]): Workers {
  const once = callsOnce(observations);
  const collect = (types: ReadonlySet<ObservationType>): Worker[] => {
    const byName = new Map<string, Worker>();
    for (const observation of observations) {
      if (!types.has(observation.type)) continue;
      const { type, traceId, id } = observation;
      const name = MODEL_CALLS.has(type) ? (observation.model ?? observation.name) : observation.name;
      const worker = byName.get(`${type} ${name}`) ?? {
        ...{ name, type, first: { traceId, observationId: id } },
        ...{ calls: 0, errors: 0, tokens: 0, cost: 0, timeMs: 0 },
      };
      worker.tokens += observation.countedTokens;
      worker.cost += observation.countedCost ?? 0;
      if (!MODEL_CALLS.has(type) || once.has(observation)) addCall(worker, observation);
      byName.set(`${type} ${name}`, worker);
    }
    const shown = [...byName.values()].filter(({ calls, tokens, cost }) => calls > 0 || tokens > 0 || cost > 0);
    return shown.sort((a, b) => b.timeMs - a.timeMs).slice(0, MOST);
  };
  return { models: collect(MODEL_CALLS), tools: collect(TOOLS) };
}

function addCall(worker: Worker, observation: ReplayObservation): void {
  worker.calls++;
  worker.errors += isError(observation) ? 1 : 0;
  worker.timeMs += observation.endMs === null ? 0 : observation.endMs - observation.startMs;
}
