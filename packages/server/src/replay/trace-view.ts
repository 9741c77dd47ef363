import type { ReplayObservation, ReplayTrace } from '@powerrag/protocol';
import { statusReasonOf } from '../base/failure-reason.js';
import type { StoredTrace } from '../store/contract.js';
import { spendOfTrace } from '../store/spend.js';
import { beginningOf, beginningOfValue } from './cut-message.js';
import type { LaneSpan } from './lanes.js';
import type { TraceTree } from './trace-calls.js';
import type { TreeNode } from './tree.js';
import { isRunning, type Offset, quietAtMs } from './turns.js';
import { toTokenUsage } from './usage.js';

/** An observation before it has a place in the session: times in Unix milliseconds. */
export type ViewedObservation = Omit<ReplayObservation, 'lane'>;

/** A trace before it has a place in the session: all times in Unix milliseconds. */
export interface TraceView {
  readonly trace: Omit<ReplayTrace, 'lanes'>;
  /** The revision that it was read at. */
  readonly revision: number;
  /** When it stops running, or stopped, if no more is heard of it; null when its root has ended. */
  readonly quietAtMs: number | null;
  /** The start of its first observation. */
  readonly firstMs: number;
  /** What it did in each service. */
  readonly spans: readonly LaneSpan[];
  /** When any of its observations was open: in order, not overlapping. */
  readonly busy: readonly Interval[];
  /** In order of start, parents first. */
  readonly observations: readonly ViewedObservation[];
}

export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

/** Observations that are the same as in the view before are the same objects. */
export function traceViewOf(tree: TraceTree, nowMs: number, before?: TraceView): TraceView {
  const { trace, nodes } = tree;
  const running = isRunning(tree, nowMs);
  const counted = countedOf(tree);
  const known = new Map(before?.observations.map((observation) => [observation.id, observation]));
  const observations = nodes.map((node) => {
    const made = viewed(node, counted(node), running);
    const same = known.get(made.id);
    return same !== undefined && isSame(made, same) ? same : made;
  });
  return {
    trace: traceShown(trace, running),
    revision: trace.revision,
    quietAtMs: quietAtMs(tree),
    firstMs: nodes[0]?.observation.startMs ?? trace.startMs,
    spans: spansOf(tree),
    busy: joined(
      nodes.map(({ observation: { startMs, endMs } }) => ({ startMs, endMs: lastOf(startMs, endMs, trace) })),
    ),
    observations,
  };
}

/** Intervals that overlap or touch, joined. Given in order of start. */
export function joined(intervals: readonly Interval[]): Interval[] {
  const all: { startMs: number; endMs: number }[] = [];
  for (const { startMs, endMs } of intervals) {
    const last = all.at(-1);
    if (last !== undefined && startMs <= last.endMs) last.endMs = Math.max(last.endMs, endMs);
    else all.push({ startMs, endMs });
  }
  return all;
}

/** The lane in which a trace shows what a service did. */
export function laneIn({ lanes }: Pick<ReplayTrace, 'lanes'>, service: string | null): number {
  return lanes.find((each) => each.service === service)?.lane ?? 0;
}

/** The observation in its session. */
export function placed(observation: ViewedObservation, lane: number, offset: Offset): ReplayObservation {
  const { startMs, endMs, firstTokenMs } = observation;
  return {
    ...observation,
    lane,
    startMs: offset(startMs),
    endMs: endMs === null ? null : offset(endMs),
    firstTokenMs: firstTokenMs === null ? null : offset(firstTokenMs),
  };
}

function lastOf(startMs: number, endMs: number | null, trace: StoredTrace): number {
  return Math.max(startMs, endMs ?? trace.endMs);
}

function spansOf({ trace, nodes }: TraceTree): LaneSpan[] {
  const spans = new Map<string | null, { -readonly [K in keyof LaneSpan]: LaneSpan[K] }>();
  for (const { observation } of nodes) {
    const { service, startMs } = observation;
    const endMs = lastOf(startMs, observation.endMs, trace);
    const span = spans.get(service);
    if (span === undefined) spans.set(service, { service, startMs, endMs });
    else span.endMs = Math.max(span.endMs, endMs);
  }
  return [...spans.values()];
}

function traceShown(trace: StoredTrace, running: boolean): TraceView['trace'] {
  const { metadata, cut } = cutMetadata(trace.metadata ?? {});
  return {
    id: trace.id,
    name: running && trace.nameFrom === 'first' ? null : trace.name,
    running,
    startMs: trace.startMs,
    endMs: trace.endMs,
    userId: trace.userId ?? null,
    tags: trace.tags ?? [],
    conversationIds: trace.conversationIds ?? [],
    environment: trace.environment ?? null,
    release: trace.release ?? null,
    version: trace.version ?? null,
    metadata,
    ...(Object.keys(cut).length > 0 && { cutMetadata: cut }),
    observationCount: trace.observationCount,
    errorCount: trace.errorCount,
    totalTokens: trace.totalTokens,
    totalCost: trace.totalCost,
    costEstimated: trace.costEstimated,
  };
}

function cutMetadata(metadata: ReplayTrace['metadata']) {
  const cut: [string, number][] = [];
  const entries = Object.entries(metadata).map(([key, value]) => {
    const found = beginningOfValue(value);
    if (found === null) return [key, value] as const;
    cut.push([key, found.length]);
    return [key, found.start] as const;
  });
  return { metadata: Object.fromEntries(entries), cut: Object.fromEntries(cut) };
}

type Counted = Pick<ReplayObservation, 'countedTokens' | 'countedCost' | 'isRepeat'>;

/** The part of each observation's usage that the totals of its trace contain, by the store's rule (`spendOfTrace`). */
function countedOf({ nodes }: TraceTree): (node: TreeNode) => Counted {
  const spend = spendOfTrace(nodes.map(({ observation }) => observation));
  return ({ observation: { id, usage, cost } }) => ({
    countedTokens: spend.countedTokens.has(id) ? (usage.total ?? 0) : 0,
    countedCost: spend.countedCost.has(id) ? (cost.total ?? null) : null,
    ...(spend.repeats.has(id) && { isRepeat: true }),
  });
}

function viewed(node: TreeNode, counted: Counted, running: boolean): ViewedObservation {
  const { observation, parent, depth, orphan, skewed } = node;
  const { startMs, endMs, statusMessage } = observation;
  return {
    id: observation.id,
    traceId: observation.traceId,
    parentId: parent?.observation.id ?? null,
    depth,
    type: observation.type,
    name: observation.name,
    startMs,
    endMs: endMs === null ? null : Math.max(startMs, endMs),
    firstTokenMs: observation.firstTokenMs,
    level: observation.level,
    statusMessage: statusMessage === null ? null : (beginningOf(statusMessage) ?? statusMessage),
    ...statusReasonOf(statusMessage),
    service: observation.service,
    model: observation.model,
    usage: toTokenUsage(observation.usage),
    cost: observation.cost.total ?? null,
    costEstimated: observation.costEstimated,
    ...counted,
    orphan: orphan && !running,
    skewed,
  };
}

const FIELDS = [
  ...(['traceId', 'parentId', 'depth', 'type', 'name', 'startMs', 'endMs', 'firstTokenMs', 'level'] as const),
  ...(['statusMessage', 'service', 'model', 'cost', 'costEstimated', 'countedTokens', 'countedCost'] as const),
  ...(['orphan', 'skewed', 'statusReason', 'isRepeat'] as const),
] satisfies readonly (keyof ViewedObservation)[];

function isSame(a: ViewedObservation, b: ViewedObservation): boolean {
  return FIELDS.every((field) => a[field] === b[field]) && JSON.stringify(a.usage) === JSON.stringify(b.usage);
}
