import type { ObservationBody } from '../observation/observation.js';
import type { StoredTrace } from '../store/contract.js';
import { entriesOf, otherSpeakers, rootOf, talkingCalls } from './entry.js';
import { type Call, isInsideOtherWork, textOf, toCall, type Vocabulary } from './main-line/index.js';
import type { TreeNode } from './tree.js';

/** A trace with its observations, in order. */
export interface TraceTree {
  readonly trace: StoredTrace;
  readonly nodes: readonly TreeNode[];
}

export type BodyOf = (node: TreeNode) => ObservationBody | null;

/** What the messages of a trace are read from. */
export interface TraceCalls {
  readonly tree: TraceTree;
  readonly calls: readonly Call[];
  readonly entries: readonly { readonly node: TreeNode; readonly body: ObservationBody | null }[];
  /** Null when the root does not talk to the user. */
  readonly rootBody: ObservationBody | null;
  readonly firstCallBody: ObservationBody | null;
}

/** The observations whose bodies the messages of a trace are read from. */
export function nodesToRead({ nodes }: TraceTree): TreeNode[] {
  const calls = talkingCalls(nodes);
  return [...new Set([...entriesOf(nodes), ...calls, ...otherSpeakers(nodes)])];
}

export function readTrace(tree: TraceTree, bodyOf: BodyOf, vocabulary: Vocabulary): TraceCalls {
  const read = (node: TreeNode): Call | [] => toCall(node, bodyOf(node), vocabulary) ?? [];
  const models = talkingCalls(tree.nodes).flatMap(read);
  const calls = models.length > 0 ? models : otherSpeakers(tree.nodes).flatMap(read).filter(saysBoth);
  const [root, firstCall] = [rootOf(tree.nodes), talkingCalls(tree.nodes)[0]];
  return {
    tree,
    calls,
    entries: entriesOf(tree.nodes).map((node) => ({ node, body: bodyOf(node) })),
    rootBody: root === undefined || isInsideOtherWork(root) ? null : bodyOf(root),
    firstCallBody: firstCall === undefined ? null : bodyOf(firstCall),
  };
}

function saysBoth({ input, output }: Call): boolean {
  return input.length > 0 && output.some(({ parts }) => textOf(parts) !== '');
}
