import type { ObservationBody } from '../../observation/observation.js';
import type { SessionReader, StoredObservation, StoredTrace } from '../../store/contract.js';

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

/** The first observation without a parent; when every parent is missing, the first. */
export function rootOf(observations: readonly StoredObservation[]): StoredObservation | undefined {
  return observations.find((observation) => observation.parentId === null) ?? observations[0];
}
