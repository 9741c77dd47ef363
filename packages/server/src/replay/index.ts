import type { ReplayDocument } from '@powerrag/protocol';
import type { ObservationBody } from '../observation/observation.js';
import type { StoredObservation, StoredSession, StoredTrace } from '../store/contract.js';
import { Vocabulary } from './main-line/index.js';
import { documentOf, stateOf } from './session-state.js';
import { GatheredKeys, wordsOfTrace } from './session-words.js';
import { readTrace, type TraceTree } from './trace-calls.js';
import { traceViewOf } from './trace-view.js';
import { type TreeNode, toTree } from './tree.js';
import { nodesToRead, quotesOf } from './turns.js';

export { readBody, readMetadata } from './body.js';
export { toMessages } from './messages/index.js';
export { type OneTrace, readOneTrace } from './one-trace.js';
export { Replays } from './replays.js';
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
  return treesOf(traces, observations).flatMap((tree) => nodesToRead(tree).map((node) => node.observation));
}

/**
 * A whole session ready for replay at `nowMs`, Unix milliseconds (default: long after). Pure. Leaves out observations whose trace
 * is not in `traces`. Long texts of messages are cut unless `isWhole`. `Replays` gives the same of what is stored, a part at a time.
 */
export function toReplay(
  session: StoredSession,
  traces: readonly StoredTrace[],
  observations: readonly StoredObservation[],
  bodies: Bodies,
  nowMs = Number.MAX_SAFE_INTEGER,
  isWhole = false,
): ReplayDocument {
  const trees = treesOf(traces, observations);
  const vocabulary = new Vocabulary();
  const read = trees.map((tree) =>
    readTrace(tree, ({ observation }) => bodies.get(bodyKey(observation)) ?? null, vocabulary),
  );
  const keys = new GatheredKeys(read.flatMap(quotesOf));
  const words = read.map((each) => {
    const made = wordsOfTrace(each, keys, vocabulary, nowMs, isWhole);
    keys.add(made);
    return { view: traceViewOf(each.tree, nowMs), words: made };
  });
  return documentOf(stateOf({ revision: session.revision, asOfMs: nowMs }, session, words, null));
}

/** In order of start. */
function treesOf(traces: readonly StoredTrace[], observations: readonly StoredObservation[]): TraceTree[] {
  const trees = new Map(traces.map((trace) => [trace.id, { trace, nodes: [] as TreeNode[] }]));
  for (const node of toTree(observations)) trees.get(node.observation.traceId)?.nodes.push(node);
  return [...trees.values()].sort((a, b) => a.trace.startMs - b.trace.startMs || (a.trace.id < b.trace.id ? -1 : 1));
}
