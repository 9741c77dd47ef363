import type { Observation } from './observation.js';

/** A reranker, a judge or a tool that names the model which it calls is a call of that model. */
const MAY_CALL: ReadonlySet<string> = new Set(['retriever', 'evaluator', 'guardrail', 'tool']);

/** Whether an observation is a call of a model, whose usage counts, and not work around such calls, which repeats it. */
export function isModelCall(type: Observation['type'], model: string | null): boolean {
  if (type === 'generation' || type === 'embedding') return true;
  return model !== null && MAY_CALL.has(type);
}

/**
 * The cost that somebody stated. Clients write 0 for a call that failed before it had a token; that says nothing of what calls of
 * the model cost, and a session in which only it has a cost would seem to be free.
 */
export function statedCost(cost: Observation['cost'], usage: Observation['usage']): Observation['cost'] {
  const isNothing = Object.values(cost).every((amount) => amount === 0) && (usage.total ?? 0) === 0;
  return isNothing ? {} : cost;
}
