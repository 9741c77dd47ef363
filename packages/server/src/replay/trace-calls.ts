import type { BodyTexts } from '../observation/observation.js';
import type { StoredTrace } from '../store/contract.js';
import { entriesOf, isAskedItself, otherSpeakers, rootOf, talkingCalls } from './entry.js';
import { type Call, isInsideOtherWork, textOf, toCall, type Vocabulary } from './main-line/index.js';
import { type Stated, statedBy, statingNodes } from './stated-turns.js';
import type { TreeNode } from './tree.js';

/** A trace with its observations, in order. */
export interface TraceTree {
  readonly trace: StoredTrace;
  readonly nodes: readonly TreeNode[];
}

export type BodyOf = (node: TreeNode) => BodyTexts | null;

/** Reads the bodies of some observations of one trace, in their order. */
export type ReadBodies = (nodes: readonly TreeNode[]) => Promise<readonly (BodyTexts | null)[]>;

/** What the messages of a trace are read from. */
export interface TraceCalls {
  readonly tree: TraceTree;
  readonly calls: readonly Call[];
  readonly entries: readonly { readonly node: TreeNode; readonly body: BodyTexts | null }[];
  /** Null when the root does not talk to the user. */
  readonly rootBody: BodyTexts | null;
  readonly firstCallBody: BodyTexts | null;
  /** Prompts and answers that the client states apart from its calls, in order of start. */
  readonly stated: readonly Stated[];
}

/** Bodies that are in memory at a time: each may hold a whole history. */
const BODIES_AT_ONCE = 8;

/** The observations whose bodies the messages of a trace are read from. */
export function nodesToRead(tree: TraceTree): TreeNode[] {
  const { nodes } = tree;
  return [...new Set([...nodesAround(tree), ...talkingCalls(nodes), ...otherSpeakers(nodes), ...statingNodes(nodes)])];
}

export function readTrace(tree: TraceTree, bodyOf: BodyOf, vocabulary: Vocabulary): TraceCalls {
  const read = (node: TreeNode): Call | [] => toCall(node, bodyOf(node), vocabulary) ?? [];
  const models = talkingCalls(tree.nodes).flatMap(read);
  const calls = models.length > 0 ? models : otherSpeakers(tree.nodes).flatMap(read).filter(saysBoth);
  const stated = statingNodes(tree.nodes).flatMap((node) => statedBy(node, bodyOf(node)));
  return { ...gathered(tree, calls, bodyOf), stated };
}

/** The same from bodies of which only a few are in memory at a time. */
export async function loadTrace(tree: TraceTree, readBodies: ReadBodies, vocabulary: Vocabulary): Promise<TraceCalls> {
  const readEach = async <T>(
    nodes: readonly TreeNode[],
    take: (node: TreeNode, body: BodyTexts | null) => readonly T[],
  ): Promise<T[]> => {
    const taken: T[] = [];
    for (let at = 0; at < nodes.length; at += BODIES_AT_ONCE) {
      const some = nodes.slice(at, at + BODIES_AT_ONCE);
      const bodies = await readBodies(some);
      for (const [index, node] of some.entries()) taken.push(...take(node, bodies[index] ?? null));
    }
    return taken;
  };
  const read = (nodes: readonly TreeNode[]): Promise<Call[]> =>
    readEach(nodes, (node, body) => [toCall(node, body, vocabulary) ?? []].flat());
  const models = await read(talkingCalls(tree.nodes));
  const calls = models.length > 0 ? models : (await read(otherSpeakers(tree.nodes))).filter(saysBoth);
  const around = nodesAround(tree);
  const bodies = await readBodies(around);
  const byNode = new Map(around.map((node, index) => [node, bodies[index] ?? null]));
  const stated = await readEach(statingNodes(tree.nodes), statedBy);
  return { ...gathered(tree, calls, (node) => byNode.get(node) ?? null), stated };
}

function gathered(tree: TraceTree, calls: readonly Call[], bodyOf: BodyOf): Omit<TraceCalls, 'stated'> {
  const [root, firstCall] = [rootOf(tree.nodes), talkingCalls(tree.nodes)[0]];
  return {
    tree,
    calls,
    entries: entriesOf(tree.nodes).map((node) => ({ node, body: bodyOf(node) })),
    rootBody: root === undefined ? null : ownWords(root, bodyOf),
    firstCallBody: firstCall === undefined ? null : bodyOf(firstCall),
  };
}

/** Of what an application asked by itself the question alone: what it gave back is a step, whose page shows it. */
function ownWords(root: TreeNode, bodyOf: BodyOf): BodyTexts | null {
  if (!isInsideOtherWork(root)) return bodyOf(root);
  const body = isAskedItself(root) ? bodyOf(root) : null;
  return body && { ...body, output: null };
}

/** Those whose bodies are read beside those of the calls. */
function nodesAround({ nodes }: TraceTree): TreeNode[] {
  const [root, firstCall] = [rootOf(nodes), talkingCalls(nodes)[0]];
  return [...new Set([...entriesOf(nodes), ...(root === undefined ? [] : [root]), ...(firstCall ? [firstCall] : [])])];
}

function saysBoth({ input, output }: Call): boolean {
  return input.length > 0 && output.some(({ parts }) => textOf(parts) !== '');
}
