import type { Message, ReplayTurn } from '@powerrag/protocol';
import type { BodyText, BodyTexts } from '../observation/observation.js';
import type { StoredObservation, StoredTrace } from '../store/contract.js';
import { Vocabulary } from './main-line/index.js';
import { nodesToRead, readTrace, type TraceTree } from './trace-calls.js';
import { type TreeNode, toTree } from './tree.js';
import { quotesOf, turnsOfTrace } from './turns.js';

/** What a trace says by itself, without the rest of its session. */
export interface OneTrace {
  /** As in a replay, but in Unix milliseconds. */
  readonly turns: readonly ReplayTurn[];
  /** What its model calls answered, tool calls included, with the observation of each. */
  readonly answered: readonly { readonly observation: StoredObservation; readonly messages: readonly Message[] }[];
}

/**
 * Reads a trace as a replay does, long after it ended. Of a trace whose bodies have more than `mostText` characters, those of the
 * observations around the calls are read, then the first call, then the last ones back to where the limit is reached. Pure.
 */
export function readOneTrace(
  trace: StoredTrace,
  observations: readonly StoredObservation[],
  readBody: (observationId: string) => BodyTexts | null,
  mostText = Number.POSITIVE_INFINITY,
): OneTrace {
  const tree: TraceTree = { trace, nodes: toTree(observations) };
  const bodies = readWithin(byWeight(nodesToRead(tree)), readBody, mostText);
  const vocabulary = new Vocabulary(Number.POSITIVE_INFINITY);
  const read = readTrace(tree, (node) => bodies.get(node) ?? null, vocabulary);
  const alone = { quoted: new Set(quotesOf(read)), shown: new Set<string>(), known: new Set<string>() };
  return {
    turns: turnsOfTrace(read, alone, vocabulary, Number.POSITIVE_INFINITY).turns,
    answered: read.calls.map(({ node, output }) => ({ observation: node.observation, messages: output })),
  };
}

function byWeight(nodes: readonly TreeNode[]): TreeNode[] {
  const calls = nodes.filter(({ observation }) => observation.type === 'generation');
  const around = nodes.filter(({ observation }) => observation.type !== 'generation');
  return [...around, ...calls.slice(0, 1), ...calls.slice(1).reverse()];
}

function readWithin(
  nodes: readonly TreeNode[],
  readBody: (observationId: string) => BodyTexts | null,
  mostText: number,
): Map<TreeNode, BodyTexts | null> {
  const bodies = new Map<TreeNode, BodyTexts | null>();
  let left = mostText;
  for (const node of nodes) {
    if (left <= 0) break;
    const body = readBody(node.observation.id);
    bodies.set(node, body);
    left -= lengthOf(body?.input) + lengthOf(body?.output);
  }
  return bodies;
}

function lengthOf(text: BodyText | null | undefined): number {
  return text?.length ?? 0;
}
