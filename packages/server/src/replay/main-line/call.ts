import type { Json, Message } from '@powerrag/protocol';
import type { BodyText, BodyTexts } from '../../observation/observation.js';
import { readBody } from '../body.js';
import { toMessages } from '../messages/index.js';
import { paired } from '../messages/pairing.js';
import { toPlainText } from '../messages/plain.js';
import type { TreeNode } from '../tree.js';
import { LONGEST_KEPT_KEY, messageKey, textOf } from './key.js';

/** A message with its key. Equal messages are one object in a session: histories repeat with every call. */
export interface KnownMessage extends Message {
  readonly key: string;
}

interface History {
  /** The body as it is stored. */
  readonly body: BodyText;
  /** A list of messages as JSON, without the closing bracket. */
  readonly text: string;
  readonly messages: readonly KnownMessage[];
}

/** Histories that are compared for a common beginning, at most. */
const RECENT = 4;

/** The messages of a session, each stored once. */
export class Vocabulary {
  readonly #longestKey: number;
  readonly #known = new Map<string, KnownMessage>();
  readonly #recent: History[] = [];

  /** @param longestKey see `messageKey`; for words that are forgotten at once, a text is a cheaper key than its hash. */
  constructor(longestKey = LONGEST_KEPT_KEY) {
    this.#longestKey = longestKey;
  }

  /** The messages of an input. If it continues a recent history, only the new part is parsed. */
  read(body: BodyText | null | undefined): readonly KnownMessage[] {
    // Two instrumentations of a call, and calls that run beside each other, often say the same.
    const same = this.#recent.find((history) => history.body === body);
    if (same !== undefined) return same.messages;
    const text = body?.trim() ?? '';
    const isList = text.startsWith('[') && text.endsWith(']');
    const messages = (isList ? this.#readOn(text) : null) ?? this.#readAll(text);
    if (isList && messages.length > 0 && typeof body === 'string') {
      this.#recent.unshift({ body, text: text.slice(0, -1), messages });
      this.#recent.length = Math.min(this.#recent.length, RECENT);
    }
    return messages;
  }

  #readOn(text: string): readonly KnownMessage[] | null {
    const earlier = this.#recent.find((history) => text.startsWith(history.text));
    if (earlier === undefined) return null;
    const rest = text.slice(earlier.text.length).trimStart();
    if (rest === ']') return earlier.messages;
    // A text that only starts like the other: `[1` and `[12`.
    if (!rest.startsWith(',')) return null;
    const added = readSide(readBody(`[${rest.slice(1)}`), 'input');
    if (added === null) return null;
    // A result may belong to a call that was read before.
    const isPaired = added.some(
      ({ role, parts }) => role === 'other' || parts.some(({ type }) => type === 'tool_result'),
    );
    const found = isPaired ? paired([...earlier.messages, ...added]).slice(earlier.messages.length) : added;
    return [...earlier.messages, ...found.map((message) => this.know(message))];
  }

  #readAll(text: string): KnownMessage[] {
    return (readSide(readBody(text), 'input') ?? []).map((message) => this.know(message));
  }

  know(message: Message): KnownMessage {
    const key = messageKey(message, this.#longestKey);
    let known = this.#known.get(key);
    if (known === undefined) {
      known = { key, ...message };
      this.#known.set(key, known);
    }
    return known;
  }
}

/** A call of a model (or of an agent, which is read alike) with its input and output messages. */
export interface Call {
  readonly node: TreeNode;
  /** The key of the system instructions; calls for one purpose share it. */
  readonly system: string;
  /** The input without the system instructions. */
  readonly input: readonly KnownMessage[];
  /** What the call added: messages of the assistant that were not in its input. Empty while it runs. */
  readonly output: readonly KnownMessage[];
}

/** Null when neither side has messages. Output that is not language is kept as JSON: a model may answer in JSON by design. */
export function toCall(node: TreeNode, body: BodyTexts | null, vocabulary: Vocabulary): Call | null {
  const know = (message: Message): KnownMessage => vocabulary.know(message);
  const messages = vocabulary.read(body?.input);
  const input = messages.filter(({ role }) => role !== 'system');
  const output = addedBy((readSide(readBody(body?.output), 'output', true) ?? []).map(know), input);
  if (input.length + output.length === 0) return null;
  const system = messages.filter(({ role }) => role === 'system').map(({ parts }) => textOf(parts));
  return { node, system: system.join('\n'), input, output };
}

/** One side of an observation as messages that are not empty; null when it has no language (JSON is kept if asked for). */
export function readSide(value: Json, side: 'input' | 'output', keepJson = false): Message[] | null {
  if (value === null || value === '') return null;
  const messages = toMessages(value, side)?.filter(holdsSomething);
  if (messages !== undefined) return messages.length > 0 ? messages : null;
  const text = toPlainText(value, side);
  const role = side === 'input' ? 'user' : 'assistant';
  if (text !== null) return [{ role, parts: [{ type: 'text', text }] }];
  return keepJson && typeof value !== 'string' ? [{ role, parts: [{ type: 'json', value }] }] : null;
}

/** The text of all messages. */
export function saidIn(messages: readonly Message[]): string {
  return messages.map(({ parts }) => textOf(parts)).join('\n');
}

export function callsTools({ parts }: Message): boolean {
  return parts.some((part) => part.type === 'tool_call');
}

/** Some frameworks send tool results with the role `user`; no user wrote them. */
export function isFromUser({ role, parts }: Message): boolean {
  return role === 'user' && parts.some((part) => part.type !== 'tool_result');
}

function holdsSomething({ parts }: Message): boolean {
  return parts.some((part) => (part.type === 'text' ? part.text.trim() !== '' : true));
}

/** Agents and graphs repeat their input in their output; what they added comes after the user's last message. */
function addedBy(output: readonly KnownMessage[], input: readonly KnownMessage[]): KnownMessage[] {
  const repeated = output.length > input.length && input.every(({ key }, n) => key === output[n]?.key);
  const added = repeated ? output.slice(input.length) : output;
  const lastUser = added.findLastIndex(isFromUser);
  return added.slice(lastUser + 1).filter(({ role }) => role === 'assistant');
}

/** Whether a call gave an answer: a failed one did not, even if it has part of one. */
export function answered({ node, output }: Call): boolean {
  return node.observation.level !== 'ERROR' && output.length > 0;
}
