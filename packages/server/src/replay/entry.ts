import type { ObservationType } from '@powerrag/protocol';
import { hasSideName, isInsideOtherWork } from './main-line/side-calls.js';
import type { TreeNode } from './tree.js';

/** Wrappers around all calls of a trace that are read, at most. */
const MOST_ENTRIES = 8;
/** Observations below a root without model calls that are read as exchanges, at most. */
const MOST_EXCHANGES = 1_000;

/** The root of a trace; until it arrives, the earliest observation without a parent. */
export function rootOf(nodes: readonly TreeNode[]): TreeNode | undefined {
  return nodes.find((node) => node.parent === null && !node.orphan) ?? nodes.find((node) => node.parent === null);
}

/**
 * The observations around the whole exchange, outermost first: the root, and each below it that contains all talking calls.
 * Their input and output are the question and answer as the application set them. Never a model call.
 */
export function entriesOf(nodes: readonly TreeNode[]): TreeNode[] {
  const root = rootOf(nodes);
  if (root === undefined) return [];
  const calls = talkingCalls(nodes).filter((node) => !hasSideName(node));
  const inside = new Map<TreeNode, number>();
  for (const call of calls) {
    for (let at = call.parent; at !== null; at = at.parent) inside.set(at, (inside.get(at) ?? 0) + 1);
  }
  const around = [...inside].filter(([, count]) => count === calls.length).map(([node]) => node);
  const entries = around.length > 0 ? around.sort((a, b) => a.depth - b.depth).slice(0, MOST_ENTRIES) : [root];
  if (around.length === 0 && calls.length === 0) entries.push(...onlySteps(nodes, root));
  const talking = entries.filter((node) => node.observation.type !== 'generation' && !isInsideOtherWork(node));
  return talking.length === 0 && calls.length === 0 && isAskedItself(root) ? [root] : talking;
}

/** Chains and agents of which each is all that is in the one around it: what failed before it called a model has the question still. */
function onlySteps(nodes: readonly TreeNode[], root: TreeNode): TreeNode[] {
  const found: TreeNode[] = [];
  for (let at = root; found.length < MOST_ENTRIES; ) {
    const [first, second] = nodes.filter(({ parent }) => parent === at);
    if (first === undefined || second !== undefined || !STEPS.has(first.observation.type)) break;
    found.push(first);
    at = first;
  }
  return found;
}

const STEPS: ReadonlySet<ObservationType> = new Set(['chain', 'agent']);

/** What an application may call by itself, with nothing around it: what it is given is what was asked. */
const ASKED_ITSELF: ReadonlySet<ObservationType> = new Set(['retriever', 'embedding', 'tool']);

/** Whether the trace is a search, an embedding or a call of a tool alone. */
export function isAskedItself(root: TreeNode): boolean {
  return ASKED_ITSELF.has(root.observation.type);
}

/** The observations that are read as the calls of a trace. */
export function talkingCalls(nodes: readonly TreeNode[]): TreeNode[] {
  return nodes.filter((node) => node.observation.type === 'generation' && !isInsideOtherWork(node));
}

/** What is read when no model call has messages: outermost agents, and the children of the root. */
export function otherSpeakers(nodes: readonly TreeNode[]): TreeNode[] {
  const root = rootOf(nodes);
  return nodes
    .filter(isSpeaker)
    .filter((node) => node !== root && !isInsideOtherWork(node) && !isInsideSpeaker(node, root))
    .slice(0, MOST_EXCHANGES);
}

function isSpeaker({ parent, observation: { type } }: TreeNode): boolean {
  return type === 'agent' || (parent !== null && parent.parent === null && (type === 'span' || type === 'chain'));
}

function isInsideSpeaker(node: TreeNode, root: TreeNode | undefined): boolean {
  for (let at = node.parent; at !== null && at !== root; at = at.parent)
    if (at.observation.type === 'agent') return true;
  return false;
}
