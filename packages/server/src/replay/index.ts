import type { ReplayDocument, ReplayObservation, ReplayTrace } from '@powerrag/protocol';
import type { ObservationBody } from '../observation/observation.js';
import type { StoredObservation, StoredSession, StoredTrace } from '../store/contract.js';
import { spendOfTrace } from '../store/spend.js';
import { toGaps } from './gaps.js';
import { type LaneSpan, toLanes } from './lanes.js';
import { type TreeNode, toTree } from './tree.js';
import { nodesToRead, type Offset, type TraceTree, toTurns } from './turns.js';
import { toTokenUsage } from './usage.js';

export { readBody, readMetadata } from './body.js';
export { toMessages } from './messages/index.js';
export { type OneTrace, readOneTrace } from './one-trace.js';
export { toTokenUsage } from './usage.js';

/** The key of an observation within a session. */
export interface BodyKey {
  readonly traceId: string;
  readonly id: string;
}

/** Bodies by `bodyKey`. A missing one counts as empty. */
export type Bodies = ReadonlyMap<string, ObservationBody | null>;

export function bodyKey({ traceId, id }: BodyKey): string {
  return `${traceId}/${id}`;
}

/** The bodies that `toReplay` reads: those of model calls and of the observations around them. */
export function bodiesToRead(traces: readonly StoredTrace[], observations: readonly StoredObservation[]): BodyKey[] {
  return byTrace(traces, toTree(observations)).flatMap((tree) => nodesToRead(tree).map((node) => node.observation));
}

/**
 * A session ready for replay at `nowMs`, Unix milliseconds (default: long after). Pure. Leaves out observations whose trace is
 * not in `traces`.
 */
export function toReplay(
  session: StoredSession,
  traces: readonly StoredTrace[],
  observations: readonly StoredObservation[],
  bodies: Bodies,
  nowMs = Number.POSITIVE_INFINITY,
): ReplayDocument {
  const all = toTree(observations);
  const trees = byTrace(traces, all);
  const known = new Set(trees.map((tree) => tree.trace.id));
  const nodes = all.filter((node) => known.has(node.observation.traceId));
  const startedAtMs = nodes[0]?.observation.startMs ?? session.startMs;
  const offset: Offset = (unixMs) => Math.round((unixMs - startedAtMs) * 1_000) / 1_000;
  const ends = new Map(trees.map(({ trace }) => [trace.id, trace.endMs]));
  const { lanes, laneOf } = lanesOf(nodes, ends);
  const counted = countedOf(trees);
  const intervals = nodes.map(({ observation }) => ({
    startMs: offset(observation.startMs),
    endMs: offset(Math.max(observation.startMs, observation.endMs ?? ends.get(observation.traceId) ?? 0)),
  }));
  return {
    session,
    startedAtMs,
    durationMs: intervals.reduce((latest, interval) => Math.max(latest, interval.endMs), 0),
    traces: trees.map(({ trace }) => toReplayTrace(trace, offset)),
    observations: nodes.map((node) => toReplayObservation(node, laneOf(node), counted(node), offset)),
    turns: toTurns(trees, (node) => bodies.get(bodyKey(node.observation)) ?? null, offset, nowMs),
    lanes,
    gaps: toGaps(intervals),
  };
}

function byTrace(traces: readonly StoredTrace[], nodes: readonly TreeNode[]): TraceTree[] {
  const trees = new Map(traces.map((trace) => [trace.id, { trace, nodes: [] as TreeNode[] }]));
  for (const node of nodes) trees.get(node.observation.traceId)?.nodes.push(node);
  return [...trees.values()].sort((a, b) => a.trace.startMs - b.trace.startMs || (a.trace.id < b.trace.id ? -1 : 1));
}

function lanesOf(nodes: readonly TreeNode[], ends: ReadonlyMap<string, number>) {
  const spans = new Map<string, { -readonly [K in keyof LaneSpan]: LaneSpan[K] }>();
  const keyOf = ({ observation: { service, traceId } }: TreeNode): string => `${traceId}/${service ?? ''}`;
  for (const node of nodes) {
    const { service, startMs, endMs, traceId } = node.observation;
    const end = Math.max(startMs, endMs ?? ends.get(traceId) ?? startMs);
    const span = spans.get(keyOf(node));
    if (span === undefined) spans.set(keyOf(node), { service, startMs, endMs: end });
    else span.endMs = Math.max(span.endMs, end);
  }
  const { lanes, laneOf } = toLanes<LaneSpan>([...spans.values()]);
  const lane = (node: TreeNode): number => {
    const span = spans.get(keyOf(node));
    return (span && laneOf.get(span)) ?? 0;
  };
  return { lanes, laneOf: lane };
}

function toReplayTrace(trace: StoredTrace, offset: Offset): ReplayTrace {
  return {
    id: trace.id,
    name: trace.name,
    startMs: offset(trace.startMs),
    endMs: offset(trace.endMs),
    userId: trace.userId ?? null,
    tags: trace.tags ?? [],
    conversationIds: trace.conversationIds ?? [],
    environment: trace.environment ?? null,
    release: trace.release ?? null,
    version: trace.version ?? null,
    metadata: trace.metadata ?? {},
    observationCount: trace.observationCount,
    errorCount: trace.errorCount,
    totalTokens: trace.totalTokens,
    totalCost: trace.totalCost,
    costEstimated: trace.costEstimated,
  };
}

type Counted = Pick<ReplayObservation, 'countedTokens' | 'countedCost'>;

/** The part of each observation's usage that the totals of its trace contain, by the store's rule (`spendOfTrace`). */
function countedOf(trees: readonly TraceTree[]): (node: TreeNode) => Counted {
  const spends = new Map(
    trees.map(({ trace, nodes }) => [trace.id, spendOfTrace(nodes.map(({ observation }) => observation))]),
  );
  return ({ observation: { traceId, id, usage, cost } }) => {
    const spend = spends.get(traceId);
    return {
      countedTokens: spend?.countedTokens.has(id) ? (usage.total ?? 0) : 0,
      countedCost: spend?.countedCost.has(id) ? (cost.total ?? null) : null,
    };
  };
}

function toReplayObservation(node: TreeNode, lane: number, counted: Counted, offset: Offset): ReplayObservation {
  const { observation, parent, depth, orphan, skewed } = node;
  const { startMs, endMs, firstTokenMs } = observation;
  return {
    id: observation.id,
    traceId: observation.traceId,
    parentId: parent?.observation.id ?? null,
    depth,
    lane,
    type: observation.type,
    name: observation.name,
    startMs: offset(startMs),
    endMs: endMs === null ? null : offset(Math.max(startMs, endMs)),
    firstTokenMs: firstTokenMs === null ? null : offset(firstTokenMs),
    level: observation.level,
    statusMessage: observation.statusMessage,
    service: observation.service,
    model: observation.model,
    usage: toTokenUsage(observation.usage),
    cost: observation.cost.total ?? null,
    costEstimated: observation.costEstimated,
    ...counted,
    orphan,
    skewed,
  };
}
