import type { ObservationBody } from '../../observation/observation.js';
import type { SessionReader, StoredObservation, StoredTrace } from '../../store/contract.js';
import { BodyBudget } from './body-budget.js';
import { toObservationView } from './shapes.js';

/** What lists of traces show of the observations, by trace id: the body of the root, and the ids of all. */
export async function detailsOf(
  reader: SessionReader,
  projectId: string,
  traces: readonly StoredTrace[],
): Promise<Map<string, { readonly body: ObservationBody | null; readonly observationIds: readonly string[] }>> {
  const perTrace = await Promise.all(
    traces.map(async ({ id: traceId }) => {
      const observations = await reader.listObservations(projectId, { traceId });
      return { traceId, root: rootOf(observations), observationIds: observations.map(({ id }) => id) };
    }),
  );
  const roots = perTrace.flatMap(({ root }) => root ?? []);
  const bodies = await reader.readBodies(projectId, roots);
  const bodyOf = new Map(roots.map((root, index) => [root, bodies[index] ?? null]));
  return new Map(
    perTrace.map(({ traceId, root, observationIds }) => [
      traceId,
      { body: root === undefined ? null : (bodyOf.get(root) ?? null), observationIds },
    ]),
  );
}

/** Observations whose bodies are in memory at a time. */
const BODIES_AT_ONCE = 16;

/** The observations with their bodies, of which an answer holds so much (`BodyBudget`). */
export async function viewsOf(reader: SessionReader, projectId: string, observations: readonly StoredObservation[]) {
  const budget = new BodyBudget();
  const views: ReturnType<typeof toObservationView>[] = [];
  for (let at = 0; at < observations.length; at += BODIES_AT_ONCE) {
    const some = observations.slice(at, at + BODIES_AT_ONCE);
    const bodies = await reader.readBodies(projectId, some);
    views.push(...some.map((observation, index) => toObservationView(observation, bodies[index] ?? null, budget)));
  }
  return views;
}

/** The first observation without a parent; when every parent is missing, the first. */
export function rootOf(observations: readonly StoredObservation[]): StoredObservation | undefined {
  return observations.find((observation) => observation.parentId === null) ?? observations[0];
}
