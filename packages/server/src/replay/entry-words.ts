import type { Json, Message, ReplayMessage } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { readBody } from './body.js';
import { rootOf } from './entry.js';
import { finalAnswer, lastAsked, readSide, textOf } from './main-line/index.js';
import { toMessages } from './messages/index.js';
import { toPlainText } from './messages/plain.js';
import { isObject } from './messages/values.js';
import type { TraceCalls, TraceTree } from './trace-calls.js';
import type { TreeNode } from './tree.js';

/** A message with its observation and time, Unix milliseconds. */
export type SaidMessage = Pick<ReplayMessage, 'role' | 'name' | 'parts' | 'observationId'> & { readonly atMs: number };

/** The messages of one exchange. Times are Unix milliseconds. */
export interface Said {
  readonly asked: readonly SaidMessage[];
  readonly answered: readonly SaidMessage[];
  readonly history: readonly Message[];
  readonly startMs: number;
  readonly endMs: number;
  readonly goesOn: boolean;
  /** The assistant or a tool answered since: the question is in the history of a call that continues. */
  readonly askedBefore: boolean;
}

/** Messages set by the application. A guess is the only text in an object, under a name that says nothing: `{ room: "7" }`. */
export interface EntryWords {
  readonly messages: readonly SaidMessage[];
  readonly history: readonly Message[];
  readonly isGuess: boolean;
}

export function entryQuestion({ tree, entries }: TraceCalls): EntryWords | null {
  for (const { node, text } of sources(tree, entries, 'input')) {
    const value = readBody(text);
    const { asked, history } = lastAsked(readSide(value, 'input') ?? []);
    const messages = asked.map((message) => said(message, node, node.observation.startMs));
    if (messages.length > 0) return { messages, history, isGuess: isGuess(value, 'input') };
  }
  return null;
}

export function entryAnswer({ tree, entries }: TraceCalls): EntryWords | null {
  for (const { node, text } of sources(tree, entries, 'output')) {
    const value = readBody(text);
    const all = readSide(value, 'output') ?? [];
    const answered = finalAnswer(all.slice(all.findLastIndex(({ role }) => role === 'user') + 1));
    const messages = answered.map((message) => said(message, node, node.observation.endMs ?? tree.trace.endMs));
    if (messages.length > 0) return { messages, history: [], isGuess: isGuess(value, 'output') };
  }
  return null;
}

function isGuess(value: Json, side: 'input' | 'output'): boolean {
  if (!isObject(value) || toMessages(value, side) !== null) return false;
  return toPlainText({ ...value, '': null }, side) === null;
}

/** A guess is used only if the calls have the same text, or none. */
export function trusted(words: EntryWords | null, spoken: readonly (readonly SaidMessage[])[]): EntryWords | null {
  if (words === null || !words.isGuess || spoken.every((messages) => messages.length === 0)) return words;
  return spoken.some((messages) => textIn(messages).includes(textIn(words.messages))) ? words : null;
}

/** What the application set is shown even if it is not language, unless something else is. */
export function asJson({ tree, calls, rootBody, firstCallBody }: TraceCalls, side: 'input' | 'output'): SaidMessage[] {
  const root = rootOf(tree.nodes);
  if (root === undefined || (side === 'input' && calls.some(({ input }) => input.length > 0))) return [];
  const atMs = side === 'input' ? root.observation.startMs : (root.observation.endMs ?? tree.trace.endMs);
  const embeds = tree.nodes.some(({ observation }) => observation.type === 'embedding');
  for (const text of [tree.trace[side], rootBody?.[side], side === 'input' ? firstCallBody?.input : null]) {
    const value: Json = readBody(text);
    // Messages without text (only instructions, a role without content) are not shown.
    if (saysNothing(value) || toMessages(value, side) !== null) continue;
    if (embeds && isVector(value)) continue;
    return [said({ role: side === 'input' ? 'user' : 'assistant', parts: [{ type: 'json', value }] }, root, atMs)];
  }
  return [];
}

/** Nothing, and the arguments of a function that was called with none. */
function saysNothing(value: Json): boolean {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return true;
  if (!isObject(value)) return false;
  if (Object.keys(value).length === 0) return true;
  if (Object.keys(value).length !== 2) return false;
  const { args, kwargs } = value;
  return Array.isArray(args) && args.length === 0 && isObject(kwargs) && Object.keys(kwargs).length === 0;
}

/** What came out of an embedding, for one text or for several. */
function isVector(value: Json): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number' || isVector(item));
}

function sources({ trace, nodes }: TraceTree, entries: TraceCalls['entries'], side: 'input' | 'output') {
  const root = rootOf(nodes);
  const ofTrace: { node: TreeNode; text: BodyText | null | undefined }[] = root
    ? [{ node: root, text: trace[side] }]
    : [];
  return [...ofTrace, ...entries.map(({ node, body }) => ({ node, text: body?.[side] }))];
}

export function textIn(messages: readonly Message[]): string {
  return messages.map(({ parts }) => textOf(parts)).join('\n');
}

export function said(message: Message, node: TreeNode, atMs: number): SaidMessage {
  const { name, role, parts } = message;
  return { role, ...(name === undefined ? {} : { name }), parts, observationId: node.observation.id, atMs };
}
