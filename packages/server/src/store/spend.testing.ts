import fc from 'fast-check';
import type { Observation } from '../observation/observation.js';
import { anObservation, spanId, traceId } from './testing.js';

export function span(number: number, parent: number | null, say: Partial<Observation> = {}): Observation {
  return anObservation({
    traceId: traceId(1),
    id: spanId(number),
    parentId: parent === null ? null : spanId(parent),
    ...say,
    trace: { sessionId: 's' },
  });
}

export function call(number: number, parent: number | null, used: { tokens?: number; cost?: number }): Observation {
  const { tokens, cost } = used;
  return span(number, parent, {
    type: 'generation',
    usage: tokens === undefined ? {} : { input: tokens, total: tokens },
    cost: cost === undefined ? {} : { total: cost },
  });
}

/** A model call with the response id `r`, between two milliseconds, recorded by an instrumentation of its own. */
export function record(
  number: number,
  parent: number | null,
  [from, to]: readonly [number, number],
  used: { tokens?: number; cost?: number },
  say: Partial<Observation> = {},
): Observation {
  return {
    ...call(number, parent, used),
    startMs: 1000 + from,
    endMs: 1000 + to,
    responseId: 'r',
    scope: `instrumentation ${number}`,
    ...say,
  };
}

/** Trees of up to a dozen observations, some of whose parents never come, and some delivery of them. */
export const trees = fc
  .array(
    fc.record({
      parent: fc.nat(),
      isCall: fc.boolean(),
      isTool: fc.boolean(),
      isOpenFirst: fc.boolean(),
      tokens: fc.option(fc.nat(6), { nil: undefined }),
      cost: fc.option(fc.nat(20), { nil: undefined }),
      costEstimated: fc.boolean(),
      cached: fc.nat(3),
      responseId: fc.constantFrom(null, null, 'r', 's'),
      scope: fc.constantFrom(null, 'a', 'b'),
      from: fc.nat(8),
      lasts: fc.nat(8),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .chain((nodes) => {
    const observations = nodes.flatMap(
      (
        { parent, isCall, isTool, isOpenFirst, tokens, cost, costEstimated, cached, responseId, scope, from, lasts },
        index,
      ) => {
        const above = index === 0 ? null : (parent % (index + 1)) + 1;
        // A parent of the same number is one that never comes.
        const parentNumber = above === index + 1 ? 100 + index : above;
        const used = { ...(tokens === undefined ? {} : { tokens }), ...(cost === undefined ? {} : { cost }) };
        const times = { startMs: 1000 + from, endMs: 1000 + from + lasts };
        const made = isCall
          ? { ...call(index + 1, parentNumber, used), costEstimated: costEstimated && cost !== undefined }
          : span(index + 1, parentNumber, isTool ? { type: 'tool' } : {});
        const usage = { input: tokens ?? 0, input_cached_tokens: cached, total: (tokens ?? 0) + cached };
        const ended = { ...made, ...times, responseId, scope, ...(isCall && cached > 0 && { usage }) };
        return isOpenFirst ? [{ ...ended, endMs: null, usage: {}, responseId: null }, ended] : [ended];
      },
    );
    return fc
      .tuple(
        fc.shuffledSubarray([...observations, ...observations], { minLength: observations.length * 2 }),
        fc.integer({ min: 1, max: 5 }),
      )
      .map(([shuffled, size]) => ({
        observations,
        deliveries: Array.from({ length: Math.ceil(shuffled.length / size) }, (_, i) =>
          shuffled.slice(i * size, (i + 1) * size),
        ),
      }));
  });
