import type { Json, Message } from '@powerrag/protocol';
import { HOLDERS, within } from './holders.js';
import { paired } from './pairing.js';
import { contentParts, knownPart } from './parts/index.js';
import { withoutRepr, withoutReprOfState } from './python.js';
import type { Side } from './reader.js';
import { knownMessages } from './readers.js';
import { unknownMessage } from './unknown.js';
import { isObject, type JsonObject } from './values.js';

/**
 * Reads a body as messages of a chat, whatever framework wrote it; null where it is something else. A body is a chat where
 * at least one of its items is a message that we know for one. The others are kept, under the names that they give
 * themselves. A chat in which nobody says anything has no messages.
 *
 * Parts without a message around them are read only where `side` says whose they are.
 */
export function toMessages(given: Json, side?: Side): Message[] | null {
  const value = withoutReprOfState(given);
  const messages = conversation(value, 0) ?? (side === undefined ? undefined : partsIn(value, side));
  return messages === undefined ? null : paired(messages.map(withOwnRole)).filter(saysSomething);
}

/** How deep messages may be wrapped up in what holds them. */
const MAX_DEPTH = 4;

function conversation(value: Json, depth: number): readonly Message[] | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return ofList(value, depth);
  if (!isObject(value)) return undefined;
  const itself = knownMessages(value);
  if (itself !== undefined) return itself;
  for (const hold of HOLDERS) {
    const held = hold(value);
    const found = held && ofList(held.items, depth);
    if (found !== undefined) return [...systemOf(held?.system), ...found];
  }
  return first(within(value), (held) => conversation(held, depth + 1));
}

function systemOf(instructions: Json | undefined): readonly Message[] {
  const held = isObject(instructions) ? instructions.parts : instructions;
  const isSaid = typeof held === 'string' || Array.isArray(held);
  return isSaid ? [{ role: 'system', parts: contentParts(held) }] : [];
}

/** A list of messages, of lists of them (LangChain has one for each prompt), or of objects that hold some. */
function ofList(list: readonly Json[], depth: number): readonly Message[] | undefined {
  const items = list.map(withoutRepr);
  const read = items.map((item) => knownMessages(item) ?? (isHolder(item) ? conversation(item, depth + 1) : undefined));
  if (read.every((messages) => messages === undefined)) return undefined;
  return read.flatMap((messages, index) => messages ?? unknownMessage(items[index] ?? null));
}

/**
 * Of what is in a list only another list, LangGraph's command, a choice of OpenAI's chat and a whole answer of a provider hold
 * messages: a list of tickets that have some is data.
 */
function isHolder(item: Json): boolean {
  if (!isObject(item)) return Array.isArray(item);
  return isObject(item.update) || (isObject(item.message) && item.finish_reason !== undefined) || isWholeAnswer(item);
}

/** An answer of OpenAI's Responses or chat, or of Gemini. */
function isWholeAnswer({ object, output, choices, candidates }: JsonObject): boolean {
  if (object === 'response') return Array.isArray(output);
  return (object === 'chat.completion' && Array.isArray(choices)) || Array.isArray(candidates);
}

/** A list of parts, also one that is alone in an object. */
function partsIn(value: Json, side: Side): readonly Message[] | undefined {
  const [held, second] = isObject(value) ? Object.values(value) : [];
  return bareParts(held !== undefined && second === undefined ? held : value, side);
}

/** A list of parts that say by their types what they are, or of which one is a call or a result. Other text is data as often as it is words. */
function bareParts(value: Json, side: Side): readonly Message[] | undefined {
  const list: readonly Json[] = Array.isArray(value) ? value : [];
  const parts = list.flatMap((item) => (isObject(item) ? (knownPart(item) ?? []) : []));
  if (list.length === 0 || parts.length < list.length) return undefined;
  const isTyped = list.every((item) => isObject(item) && typeof item.type === 'string');
  const hasCall = parts.some((part) => part.type === 'tool_call');
  if (!isTyped && !hasCall && !parts.some((part) => part.type === 'tool_result')) return undefined;
  return [{ role: hasCall || side === 'output' ? 'assistant' : 'user', parts }];
}

/** What a user says is no more than results of tools where the convention has no role for these (Anthropic, Gemini). */
function withOwnRole(message: Message): Message {
  const isResults = message.parts.length > 0 && message.parts.every((part) => part.type === 'tool_result');
  return isResults && message.role !== 'tool' ? { ...message, role: 'tool' } : message;
}

function saysSomething({ parts }: Message): boolean {
  return parts.some((part) => (part.type !== 'text' && part.type !== 'reasoning') || part.text.trim() !== '');
}

function first<T, R>(values: readonly T[], read: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const found = read(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
