import type { Observation } from './observation.js';

/** A reranker, a judge or a tool that names the model which it calls is a call of that model. */
const MAY_CALL: ReadonlySet<string> = new Set(['retriever', 'evaluator', 'guardrail', 'tool']);

/** Whether an observation is a call of a model, whose usage counts, and not work around such calls, which repeats it. */
export function isModelCall(type: Observation['type'], model: string | null): boolean {
  if (type === 'generation' || type === 'embedding') return true;
  return model !== null && MAY_CALL.has(type);
}
