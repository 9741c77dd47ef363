import type { Json, Message, MessagePart, ReplayMessage, ReplayTurn } from '@powerrag/protocol';
import type { BodyText, ObservationBody } from '../observation.js';
import type { StoredTrace } from '../store/contract.js';
import { readBody } from './body.js';
import { toMessages } from './messages/index.js';
import { toPlainText } from './messages/plain.js';
import type { TreeNode } from './tree.js';

/** A trace with its observations, in order. */
export interface TraceTree {
  readonly trace: StoredTrace;
  readonly nodes: readonly TreeNode[];
}

export type BodyOf = (node: TreeNode) => ObservationBody | null;

/** Unix milliseconds to an offset in the replay. */
export type Offset = (unixMs: number) => number;

const STEP_TYPES: ReadonlySet<string> = new Set(['generation', 'retriever', 'tool']);

/** The observations whose bodies the turns of these traces are read from. */
export function nodesToRead({ nodes }: TraceTree): TreeNode[] {
  const generations = nodes.filter((node) => node.observation.type === 'generation');
  return [...new Set([rootOf(nodes), generations[0], generations.at(-1)])].filter((node) => node !== undefined);
}

/**
 * What was asked and answered in a trace; null where it shows neither words nor work. The words come from the trace's own
 * input and output, else from its root's, else from its first and last generation: the first that reads as language.
 */
export function toTurn(tree: TraceTree, bodyOf: BodyOf, offset: Offset): ReplayTurn | null {
  const { trace, nodes } = tree;
  const steps = nodes.filter((node) => STEP_TYPES.has(node.observation.type));
  const errors = nodes.filter((node) => node.observation.level === 'ERROR');
  const messages = [...question(tree, bodyOf, offset), ...answer(tree, bodyOf, offset)];
  if (messages.length + steps.length + errors.length === 0) return null;
  const models = nodes.flatMap((node) => node.observation.model ?? []);
  return {
    traceId: trace.id,
    startMs: offset(trace.startMs),
    endMs: offset(trace.endMs),
    messages,
    steps: steps.map((node) => node.observation.id),
    models: [...new Set(models)],
    totalTokens: trace.totalTokens,
    totalCost: trace.totalCost,
    errors: errors.map((node) => node.observation.id),
  };
}

function rootOf(nodes: readonly TreeNode[]): TreeNode | undefined {
  return nodes.find((node) => node.parent === null && !node.orphan) ?? nodes.find((node) => node.parent === null);
}

interface Source {
  readonly node: TreeNode;
  readonly body: BodyText | null | undefined;
}

function question({ trace, nodes }: TraceTree, bodyOf: BodyOf, offset: Offset): ReplayMessage[] {
  const root = rootOf(nodes);
  if (root === undefined) return [];
  const first = nodes.find((node) => node.observation.type === 'generation');
  const sources: Source[] = [
    { node: root, body: trace.input },
    { node: root, body: bodyOf(root)?.input },
    ...(first === undefined ? [] : [{ node: first, body: bodyOf(first)?.input }]),
  ];
  return read(sources, 'input', (node) => offset(node.observation.startMs));
}

function answer({ trace, nodes }: TraceTree, bodyOf: BodyOf, offset: Offset): ReplayMessage[] {
  const root = rootOf(nodes);
  if (root === undefined) return [];
  const last = nodes.findLast((node) => node.observation.type === 'generation');
  const sources: Source[] = [
    { node: root, body: trace.output },
    { node: root, body: bodyOf(root)?.output },
    ...(last === undefined ? [] : [{ node: last, body: bodyOf(last)?.output }]),
  ];
  return read(sources, 'output', (node) => offset(node.observation.endMs ?? trace.endMs));
}

function read(sources: readonly Source[], side: 'input' | 'output', at: (node: TreeNode) => number): ReplayMessage[] {
  let fallback: ReplayMessage[] = [];
  for (const { node, body } of sources) {
    const value = readBody(body);
    if (value === null || value === '') continue;
    const place = { atMs: at(node), observationId: node.observation.id };
    const messages = readable(value, side).map((message) => ({ ...message, ...place }));
    if (messages.length > 0) return messages;
    if (fallback.length === 0) fallback = [{ role: roleOf(side), parts: [{ type: 'json', value }], ...place }];
  }
  return fallback;
}

function readable(value: Json, side: 'input' | 'output'): Message[] {
  const messages = toMessages(value, side);
  if (messages !== null) return side === 'input' ? lastAsked(messages) : lastAnswered(messages);
  const text = toPlainText(value, side);
  const parts: MessagePart[] = text === null ? [] : [{ type: 'text', text }];
  return parts.length === 0 ? [] : [{ role: roleOf(side), parts }];
}

function roleOf(side: 'input' | 'output'): 'user' | 'assistant' {
  return side === 'input' ? 'user' : 'assistant';
}

/** What the user said after the assistant's last word: all before it was said in an earlier turn. */
function lastAsked(messages: readonly Message[]): Message[] {
  const lastUser = messages.findLastIndex((message) => message.role === 'user');
  const answered = messages.slice(0, Math.max(lastUser, 0)).findLastIndex((message) => message.role === 'assistant');
  return messages.slice(answered + 1).filter((message) => message.role === 'user');
}

/** What the assistant said after the user's last word. */
function lastAnswered(messages: readonly Message[]): Message[] {
  const asked = messages.findLastIndex((message) => message.role === 'user');
  return messages.slice(asked + 1).filter((message) => message.role === 'assistant');
}
