import type { ObservationLevel, ObservationType } from '@powerrag/protocol';
import fc from 'fast-check';
import { IdStrengths, type Observation, PlaceStrengths } from '../observation/observation.js';
import type { SessionQuery, Store } from './contract.js';
import { anObservation, spanId, traceId } from './testing.js';
import { MOST } from './totals.js';

const few = <T>(...values: T[]) => fc.constantFrom(...values);

/** Versions of few observations in few traces, so that they conflict. */
const version: fc.Arbitrary<Observation> = fc
  .record({
    traceId: few(traceId(1), traceId(2), traceId(3)),
    id: few(spanId(1), spanId(2), spanId(3), spanId(4)),
    type: few<ObservationType>('generation', 'generation', 'embedding', 'tool', 'agent', 'span'),
    model: few(null, 'm', 'n'),
    service: few(null, 'web', 'api'),
    parentId: few(null, spanId(1), spanId(2), spanId(3), spanId(4), spanId(5)),
    name: few('a', 'b'),
    startMs: few(10, 20, 30),
    endMs: few(null, 15, 25, 40),
    level: few<ObservationLevel>('DEFAULT', 'ERROR'),
    usage: few<Record<string, number>>(
      ...[{}, { input: 1, output: 2, total: 3 }, { input: 4, total: 4 }, { input: 2, output: 5, total: 7 }],
      ...[{ input: 1e300, input_x: 9, total: MOST - 1 }, { total: -MOST }],
    ),
    cost: few<Record<string, number>>(
      ...[{}, { total: 0.1 }, { total: 0.2 }, { total: 0.3 }, { total: 5_000_000 }, { total: -8e6 }, { total: 1e308 }],
    ),
    input: few(null, 'x', JSON.stringify([{ content: 'y'.repeat(300) }])),
    trace: fc.record(
      {
        name: few('t', 'u'),
        sessionId: few('s1', 's2'),
        sessionIdStrength: few(...Object.values(IdStrengths)),
        conversationIds: few(['s1'], ['s3', 's2']),
        version: few('v1', 'v2'),
        release: few('r1', 'r2'),
        placeStrengths: fc.record(
          { environment: few(...Object.values(PlaceStrengths)), version: few(...Object.values(PlaceStrengths)) },
          { requiredKeys: [] },
        ),
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

/** Everything that can be read of a project, without revisions: they tell how often it was written. */
export async function readOut(store: Store, project: string, versions: readonly Observation[]) {
  const sessionsOf = async (query: Partial<SessionQuery> = {}) => {
    const list = await store.listSessions(project, { limit: 100, ...query });
    return { ...list, sessions: list.sessions.map(unnumbered) };
  };
  const { sessions } = await sessionsOf();
  const traces = (await store.listTraces(project, {})).traces.map(unnumbered);
  return {
    sessions,
    created: await sessionsOf({ sort: 'start' }),
    users: await sessionsOf({ filter: { userId: ['ann'] } }),
    environments: await sessionsOf({ filter: { environment: ['e1'] } }),
    conversations: await sessionsOf({ filter: { conversationId: ['s2'] } }),
    traces,
    ofSessions: await Promise.all(sessions.map(({ id }) => store.listObservations(project, { sessionId: id }))),
    ofTraces: await Promise.all(traces.map(({ id }) => store.listObservations(project, { traceId: id }))),
    bodies: await store.readBodies(project, versions),
  };
}

/** Without the revision. */
export function unnumbered<T extends { readonly revision: number }>({ revision: _, ...rest }: T): Omit<T, 'revision'> {
  return rest;
}
