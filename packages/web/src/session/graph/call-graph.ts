import { groupBy, type ObservationType, type ReplayObservation } from '@powerrag/protocol';
import { observationKey } from '../state/session-history.js';

export type CallKind = ObservationType | 'service';

/** One service, agent, model, tool or search of a session, however often it was called. */
export interface CallNode {
  readonly id: string;
  readonly kind: CallKind;
  readonly name: string;
  readonly service: string | null;
  /** Its calls, in order of start; of a service, what came into it from outside. */
  readonly calls: readonly ReplayObservation[];
}

export interface CallEdge {
  readonly from: string;
  readonly to: string;
  /** The calls from the one to the other, in order of start. */
  readonly calls: readonly ReplayObservation[];
}

export interface CallGraph {
  readonly nodes: readonly CallNode[];
  readonly edges: readonly CallEdge[];
  /** The node that an observation belongs to: its own, else the one around it. */
  readonly nodeOf: (observation: ReplayObservation) => string | undefined;
}

/** More nodes than this are not told apart by a reader: those that took least time are one for each kind. */
const MOST_NODES = 60;

/** What only holds others together has no node of its own: what it calls is called by what it is in. */
const OWN_NODE: ReadonlySet<ObservationType> = new Set([
  ...(['agent', 'generation', 'embedding', 'tool', 'retriever', 'evaluator', 'guardrail'] as const),
]);

interface Draft extends CallNode {
  readonly calls: ReplayObservation[];
}

/**
 * Who called whom in a session: services, agents, models, tools and searches, each once, with all their calls. A call into another
 * service goes through a node for that service.
 *
 * @param observations in order of start.
 */
export function callGraph(observations: readonly ReplayObservation[]): CallGraph {
  const byKey = new Map(observations.map((o) => [observationKey(o.traceId, o.id), o]));
  const nodes = new Map<string, Draft>();
  const edges = new Map<string, CallEdge & { readonly calls: ReplayObservation[] }>();
  const places = new Map<ReplayObservation, string>();

  const called = (from: string | undefined, kind: CallKind, name: string, call: ReplayObservation): string => {
    const id = JSON.stringify([kind, call.service, name]);
    const node = nodes.get(id);
    if (node === undefined) nodes.set(id, { id, kind, name, service: call.service, calls: [call] });
    else node.calls.push(call);
    if (from !== undefined) {
      const key = `${from} ${id}`;
      const edge = edges.get(key);
      if (edge === undefined) edges.set(key, { from, to: id, calls: [call] });
      else edge.calls.push(call);
    }
    return id;
  };
  const place = (observation: ReplayObservation, parent: ReplayObservation | undefined): void => {
    let at = parent === undefined ? undefined : places.get(parent);
    const { service, type, name, model } = observation;
    if (service !== null && service !== parent?.service) at = called(at, 'service', service, observation);
    const isModel = type === 'generation' || type === 'embedding';
    if (OWN_NODE.has(type)) at = called(at, type, isModel ? (model ?? name) : name, observation);
    places.set(observation, at ?? called(undefined, type, name, observation));
  };
  for (const observation of observations) {
    for (const member of unplacedAbove(observation, byKey, places)) place(member.observation, member.parent);
  }
  return withoutLeast({
    nodes: [...nodes.values()],
    edges: [...edges.values()],
    nodeOf: (observation) => places.get(observation),
  });
}

/** An observation and those above it that have no place yet, from above; a cycle of parents ends where it closes. */
function unplacedAbove(
  observation: ReplayObservation,
  byKey: ReadonlyMap<string, ReplayObservation>,
  places: ReadonlyMap<ReplayObservation, string>,
): { observation: ReplayObservation; parent: ReplayObservation | undefined }[] {
  const path = new Map<ReplayObservation, ReplayObservation | undefined>();
  let at: ReplayObservation | undefined = observation;
  while (at !== undefined && !places.has(at) && !path.has(at)) {
    const parent: ReplayObservation | undefined =
      at.parentId === null ? undefined : byKey.get(observationKey(at.traceId, at.parentId));
    path.set(at, parent);
    at = parent;
  }
  return [...path].map(([member, parent]) => ({ observation: member, parent })).reverse();
}

function timeOf(calls: readonly ReplayObservation[]): number {
  return calls.reduce((sum, { startMs, endMs }) => sum + (endMs === null ? 0 : endMs - startMs), 0);
}

/** The graph with at most `MOST_NODES` nodes, and some more where many kinds are left over. */
function withoutLeast(graph: CallGraph): CallGraph {
  if (graph.nodes.length <= MOST_NODES) return graph;
  const kept = new Set(
    graph.nodes
      .toSorted(
        (a, b) => Number(b.kind === 'service') - Number(a.kind === 'service') || timeOf(b.calls) - timeOf(a.calls),
      )
      .slice(0, MOST_NODES)
      .map(({ id }) => id),
  );
  const rest = groupBy(
    graph.nodes.filter(({ id }) => !kept.has(id)),
    ({ kind }) => kind,
  );
  const joined = [...rest].map(
    ([kind, nodes]): CallNode => ({
      id: JSON.stringify([kind]),
      kind,
      name: `${nodes.length} others`,
      service: null,
      calls: inOrder(nodes.flatMap(({ calls }) => calls)),
    }),
  );
  const idOf = new Map(graph.nodes.map(({ id, kind }) => [id, kept.has(id) ? id : JSON.stringify([kind])]));
  const edges = groupBy(graph.edges, ({ from, to }) => `${idOf.get(from)} ${idOf.get(to)}`);
  return {
    nodes: [...graph.nodes.filter(({ id }) => kept.has(id)), ...joined],
    edges: [...edges.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const [from, to] = [idOf.get(first.from) ?? first.from, idOf.get(first.to) ?? first.to];
      return [{ from, to, calls: inOrder(group.flatMap(({ calls }) => calls)) }];
    }),
    nodeOf: (observation) => {
      const id = graph.nodeOf(observation);
      return id === undefined ? undefined : idOf.get(id);
    },
  };
}

function inOrder(calls: readonly ReplayObservation[]): ReplayObservation[] {
  return calls.toSorted((a, b) => a.startMs - b.startMs);
}
