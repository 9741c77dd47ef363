import type { ObservationLevel } from '@powerrag/protocol';
import fc from 'fast-check';
import type { Observation } from '../observation.js';
import { anObservation, spanId, traceId } from './testing.js';
import { MOST } from './totals.js';

const few = <T>(...values: T[]) => fc.constantFrom(...values);

/** Versions of few observations in few traces, so that they meet and disagree. */
const version: fc.Arbitrary<Observation> = fc
  .record({
    traceId: few(traceId(1), traceId(2), traceId(3)),
    id: few(spanId(1), spanId(2), spanId(3)),
    parentId: few(null, spanId(1)),
    name: few('a', 'b'),
    startMs: few(10, 20, 30),
    endMs: few(null, 15, 25, 40),
    level: few<ObservationLevel>('DEFAULT', 'ERROR'),
    usage: few({}, { input: 1, output: 2, total: 3 }, { input: 1e300, input_x: 9, total: MOST - 1 }, { total: -MOST }),
    cost: few({}, { total: 0.1 }, { total: 0.2 }, { total: 5_000_000 }, { total: -8e6 }, { total: 1e308 }),
    input: few(null, 'x', JSON.stringify([{ content: 'y'.repeat(300) }])),
    trace: fc.record(
      {
        name: few('t', 'u'),
        sessionId: few('s1', 's2'),
        userId: few('ann', 'bob'),
        environment: few('e1', 'e2'),
        tags: few(['x'], ['y', 'z']),
        metadata: few({ k: 1 }, { k: 2, l: [3] }),
        input: few('in', 'i'.repeat(300)),
        public: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ input, ...say }) => anObservation({ ...say, body: { input } }));

/** Some versions, and the same in another order and grouping, some of them twice. */
export const deliveries = fc.array(version, { minLength: 1, maxLength: 12 }).chain((versions) =>
  fc
    .tuple(
      fc.shuffledSubarray([...versions, ...versions], { minLength: versions.length * 2 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: versions.length * 2, maxLength: versions.length * 2 }),
    )
    .map(([shuffled, sizes]) => {
      const rest = [...shuffled];
      const batches = sizes.map((size) => rest.splice(0, size)).filter((batch) => batch.length > 0);
      return { versions, batches };
    }),
);
