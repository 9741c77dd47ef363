import type { Message, ReplayObservation } from '@powerrag/protocol';

/** How many messages at the beginning of two inputs are the same. */
export function sharedBeginning(before: readonly Message[], now: readonly Message[]): number {
  let count = 0;
  while (count < before.length && count < now.length && isSame(before[count], now[count])) count++;
  return count;
}

/**
 * The call before: the last that had begun before this one under the same name, else any call of the same trace. Undefined for the
 * first.
 */
export function callBefore(
  call: ReplayObservation,
  observations: readonly ReplayObservation[],
): ReplayObservation | undefined {
  const earlier = observations.filter(
    (other) => other.type === 'generation' && other.id !== call.id && other.startMs < call.startMs,
  );
  return (
    earlier.findLast(
      ({ name, parentId, traceId }) => name === call.name && parentId === call.parentId && traceId === call.traceId,
    ) ??
    earlier.findLast(({ name }) => name === call.name) ??
    earlier.findLast(({ traceId }) => traceId === call.traceId)
  );
}

function isSame(a: Message | undefined, b: Message | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
