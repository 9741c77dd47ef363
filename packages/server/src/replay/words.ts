import type { Json, Message, ReplayDoubt, ReplayMessage } from '@powerrag/protocol';
import type { BodyText, ObservationBody } from '../observation.js';
import type { StoredTrace } from '../store/contract.js';
import { readBody } from './body.js';
import { entriesOf, otherSpeakers, rootOf, talkingCalls } from './entry.js';
import {
  type Call,
  type Exchange,
  finalAnswer,
  isInsideOtherWork,
  lastAsked,
  readSide,
  type SessionWords,
  textOf,
  toCall,
  toMainLine,
  type Vocabulary,
} from './main-line/index.js';
import { toMessages } from './messages/index.js';
import type { TreeNode } from './tree.js';

/** A trace with its observations, in order. */
export interface TraceTree {
  readonly trace: StoredTrace;
  readonly nodes: readonly TreeNode[];
}

export type BodyOf = (node: TreeNode) => ObservationBody | null;

/** What the words of a trace are read from. */
export interface TraceCalls {
  readonly tree: TraceTree;
  readonly calls: readonly Call[];
  readonly entries: readonly { readonly node: TreeNode; readonly body: ObservationBody | null }[];
  /** Null where the root is work that does not talk to the user. */
  readonly rootBody: ObservationBody | null;
  readonly firstCallBody: ObservationBody | null;
}

/** What was said in one exchange. Times are Unix milliseconds. */
export interface Said {
  readonly asked: readonly SaidMessage[];
  readonly answered: readonly SaidMessage[];
  readonly history: readonly Message[];
  readonly startMs: number;
  readonly endMs: number;
  readonly goesOn: boolean;
  /** The assistant spoke or a tool answered since: the question stands in the history of a call that goes on. */
  readonly askedBefore: boolean;
}

export type SaidMessage = Pick<ReplayMessage, 'role' | 'parts' | 'observationId'> & { readonly atMs: number };

/** The observations whose bodies the words of a trace are read from. */
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

/**
 * The exchanges of a trace. What the application says was asked and answered (of the trace, or by the input and output of
 * an observation around all calls) stands before what its model calls say, for it is what the user saw; only where the
 * calls hold several exchanges with the same first question, all of them are shown.
 */
export function wordsOf(read: TraceCalls, session: SessionWords): { exchanges: Said[]; doubts: ReplayDoubt[] } {
  const { tree, calls } = read;
  const searches = tree.nodes.filter(({ observation: { type } }) => type === 'retriever' || type === 'embedding');
  const line = toMainLine(calls, searches, session);
  const spoken = line.exchanges.map((exchange) => saidIn(exchange, tree.trace));
  const [question, answer] = [entryQuestion(read), entryAnswer(read)];
  const [first] = spoken;
  const doubts = [...line.doubts];
  const apart = line.doubts.has('separate-calls');
  const isOne = apart ? question !== null || answer !== null : question !== null && answer !== null;
  const startsAlike = question !== null && first !== undefined && sameWords(question.asked, first.asked);
  if (spoken.length > 1 && (!isOne || (startsAlike && !apart))) return { exchanges: spoken, doubts };
  const nearest = question === null ? first : holding(question.asked, spoken);
  const [startMs, endMs] = [tree.trace.startMs, tree.trace.endMs];
  const asked = question?.asked ?? nearest?.asked ?? [];
  const answered = answer ?? nearest?.answered ?? [];
  const whole: Said = {
    asked: asked.length > 0 || nearest !== undefined ? asked : asJson(read, 'input'),
    answered: answered.length > 0 ? answered : asJson(read, 'output'),
    history: nearest?.history ?? question?.history ?? [],
    startMs,
    endMs,
    goesOn: false,
    askedBefore: question === null && (nearest?.askedBefore ?? false),
  };
  return { exchanges: [whole], doubts: question !== null && answer !== null ? [] : doubts };
}

function saidIn({ asked, askedIn, answers, history, startMs, endMs, goesOn }: Exchange, trace: StoredTrace): Said {
  const end = Number.isFinite(endMs) ? endMs : trace.endMs;
  return {
    asked: asked.map((message) => said(message, askedIn.node, startMs)),
    answered: answers.flatMap(({ call, messages }) =>
      finalAnswer(messages).map((message) => said(message, call.node, call.node.observation.endMs ?? trace.endMs)),
    ),
    history,
    startMs,
    endMs: end,
    goesOn,
    askedBefore: askedIn.input.at(-1)?.role !== 'user' && asked.length > 0,
  };
}

function entryQuestion({ tree, entries }: TraceCalls): { asked: SaidMessage[]; history: readonly Message[] } | null {
  for (const { node, text } of sources(tree, entries, 'input')) {
    const messages = readSide(readBody(text), 'input');
    if (messages === null) continue;
    const { asked, history } = lastAsked(messages);
    if (asked.length > 0)
      return { asked: asked.map((message) => said(message, node, node.observation.startMs)), history };
  }
  return null;
}

function entryAnswer({ tree, entries }: TraceCalls): SaidMessage[] | null {
  for (const { node, text } of sources(tree, entries, 'output')) {
    const messages = readSide(readBody(text), 'output') ?? [];
    const asked = messages.findLastIndex(({ role }) => role === 'user');
    const answered = finalAnswer(messages.slice(asked + 1));
    if (answered.length > 0)
      return answered.map((message) => said(message, node, node.observation.endMs ?? tree.trace.endMs));
  }
  return null;
}

/** What the application wrote is shown even where it does not read as language, while nothing else does. */
function asJson({ tree, calls, rootBody, firstCallBody }: TraceCalls, side: 'input' | 'output'): SaidMessage[] {
  const root = rootOf(tree.nodes);
  if (root === undefined || (side === 'input' && calls.some(({ input }) => input.length > 0))) return [];
  const atMs = side === 'input' ? root.observation.startMs : (root.observation.endMs ?? tree.trace.endMs);
  for (const text of [tree.trace[side], rootBody?.[side], side === 'input' ? firstCallBody?.input : null]) {
    const value: Json = readBody(text);
    // Messages without words (instructions alone, a role without content) are not something to read.
    if (value === null || value === '' || toMessages(value) !== null) continue;
    return [said({ role: side === 'input' ? 'user' : 'assistant', parts: [{ type: 'json', value }] }, root, atMs)];
  }
  return [];
}

function sources({ trace, nodes }: TraceTree, entries: TraceCalls['entries'], side: 'input' | 'output') {
  const root = rootOf(nodes);
  const ofTrace: { node: TreeNode; text: BodyText | null | undefined }[] = root
    ? [{ node: root, text: trace[side] }]
    : [];
  return [...ofTrace, ...entries.map(({ node, body }) => ({ node, text: body?.[side] }))];
}

/** The exchange of the call whose input holds the user's words; of several, the one that says most. */
function holding(asked: readonly SaidMessage[], exchanges: readonly Said[]): Said | undefined {
  const question = textIn(asked);
  const holds = exchanges.filter((exchange) => question !== '' && textIn(exchange.asked).includes(question));
  return holds.sort((a, b) => textIn(b.answered).length - textIn(a.answered).length)[0] ?? exchanges.at(-1);
}

function saysBoth({ input, output }: Call): boolean {
  return input.length > 0 && output.some(({ parts }) => textOf(parts) !== '');
}

function sameWords(a: readonly Message[], b: readonly Message[]): boolean {
  return textIn(a) === textIn(b);
}

function textIn(messages: readonly Message[]): string {
  return messages.map(({ parts }) => textOf(parts)).join('\n');
}

function said({ role, parts }: Message, node: TreeNode, atMs: number): SaidMessage {
  return { role, parts, observationId: node.observation.id, atMs };
}
