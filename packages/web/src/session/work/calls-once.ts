import type { ObservationType, ReplayObservation } from '@powerrag/protocol';

export const MODEL_CALLS: ReadonlySet<ObservationType> = new Set(['generation', 'embedding']);

/**
 * The calls of models, each request once: two instrumentations of one request write a call inside a call, or beside it. Where tokens
 * of inner calls are counted these are the calls, else the outermost is.
 */
export function callsOnce(observations: readonly ReplayObservation[]): ReadonlySet<ReplayObservation> {
  const calls = observations.filter(({ type, isRepeat }) => MODEL_CALLS.has(type) && isRepeat !== true);
  const above = callsAbove(observations, calls);
  const outer = new Set(above.values());
  const counted = new Set<ReplayObservation>();
  for (const call of calls) if (call.countedTokens > 0) for (const each of ancestors(call, above)) counted.add(each);
  return new Set(
    calls.filter((call) => {
      const around = [...ancestors(call, above)];
      const isInCounted = around.length === 0 || around.some((each) => counted.has(each));
      return isInCounted && !(outer.has(call) && counted.has(call));
    }),
  );
}

/** Of each call that is inside another the nearest one around it. */
function callsAbove(
  observations: readonly ReplayObservation[],
  calls: readonly ReplayObservation[],
): ReadonlyMap<ReplayObservation, ReplayObservation> {
  const keyOf = (traceId: string, id: string) => `${traceId} ${id}`;
  const byKey = new Map(observations.map((each) => [keyOf(each.traceId, each.id), each]));
  const parentOf = ({ traceId, parentId }: ReplayObservation) =>
    parentId === null ? undefined : byKey.get(keyOf(traceId, parentId));
  const above = new Map<ReplayObservation, ReplayObservation>();
  const passed = new Set<ReplayObservation>();
  const outside = new Set<ReplayObservation>();
  for (const call of calls) {
    passed.clear();
    let parent = parentOf(call);
    while (parent !== undefined && !MODEL_CALLS.has(parent.type) && !outside.has(parent) && !passed.has(parent)) {
      passed.add(parent);
      parent = parentOf(parent);
    }
    if (parent !== undefined && parent !== call && MODEL_CALLS.has(parent.type)) above.set(call, parent);
    else for (const each of passed) outside.add(each);
  }
  return above;
}

function* ancestors(
  call: ReplayObservation,
  above: ReadonlyMap<ReplayObservation, ReplayObservation>,
): Generator<ReplayObservation> {
  const seen = new Set([call]);
  for (let each = above.get(call); each !== undefined && !seen.has(each); each = above.get(each)) {
    seen.add(each);
    yield each;
  }
}
