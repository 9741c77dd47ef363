import type { Json, Message, MessagePart, MessageRole } from '@powerrag/protocol';
import { contentParts, knownPart } from './parts/index.js';
import type { MessageReader } from './reader.js';
import { roleOf } from './roles.js';
import { toolCallPart, toolCallParts } from './tool-calls.js';
import { isToolDefinition, toolResult } from './tool-results.js';
import { isObject, type JsonObject, text } from './values.js';

/** Where a message without `content` has its parts: GenAI and Gemini, LlamaIndex, Semantic Kernel, Haystack's older form. */
const PART_KEYS = ['parts', 'blocks', 'items', 'Items', '_content'];

/**
 * A message with a role that we know and a place for its words: `{ role, content }` as most write it, with OpenAI's
 * `tool_calls`, `refusal` and `reasoning_content`, or with a list of parts under another name. Data that merely has a role,
 * such as `{ role: 'user', name: 'Ada' }`, is not one.
 */
export const chatMessage: MessageReader = (item) => {
  const role = roleOf(item.role ?? item._role ?? item.Role) ?? (isAnswerOfNobody(item) ? 'assistant' : undefined);
  if (role === undefined) return undefined;
  const content = contentOf(item);
  if (content === undefined && !hasCalls(item)) return undefined;
  return [chatOf(role, item, content)];
};

/** OpenLLMetry says `unknown` of what LangChain streams; only an answer has a reason why it ended. */
function isAnswerOfNobody({ role, parts, finish_reason: reason }: JsonObject): boolean {
  return role === 'unknown' && Array.isArray(parts) && typeof reason === 'string';
}

/** The message of this role that an object says, whatever it calls its role. */
export function chatOf(role: MessageRole, item: JsonObject, content: Json | undefined): Message {
  return { role, parts: role === 'tool' ? toolParts(item, content) : saidParts(item, content) };
}

/** Undefined where there is nothing that could be words. */
export function contentOf(item: JsonObject): Json | undefined {
  const { content } = item;
  if (content !== undefined) return typeof content === 'number' || typeof content === 'boolean' ? undefined : content;
  if (isBareText(item)) return item.text ?? item.message;
  const key = PART_KEYS.find((name) => item[name] !== undefined);
  const list = key === undefined ? undefined : item[key];
  return Array.isArray(list) && list.every(isPart) ? list : undefined;
}

/** Dify says `{ role, text, files }`, Cohere `{ role, message }`. With anything else beside it, it is data with a role. */
function isBareText(item: JsonObject): boolean {
  return typeof (item.text ?? item.message) === 'string' && Object.keys(item).every((key) => BARE_TEXT_KEYS.has(key));
}

const BARE_TEXT_KEYS: ReadonlySet<string> = new Set(['role', 'text', 'message', 'files', 'id', 'tool_calls']);

/** Whether it is a part, also one that we do not know: those under another name than `content` say what they are. */
function isPart(item: Json): boolean {
  if (!isObject(item)) return false;
  return TYPE_KEYS.some((key) => typeof item[key] === 'string') || knownPart(item) !== undefined;
}

const TYPE_KEYS = ['type', 'part_kind', 'block_type', 'content_type', '$type'];

function hasCalls(item: JsonObject): boolean {
  return Array.isArray(item.tool_calls) || toolCallPart(item.function_call) !== undefined;
}

/** Thoughts first, then words, then calls. A call that is among the parts as well is there once. */
function saidParts(item: JsonObject, content: Json | undefined): MessagePart[] {
  const parts = contentParts(content);
  const known = new Set(parts.flatMap((part) => (part.type === 'tool_call' ? [part.id] : [])));
  const old = toolCallPart(item.function_call);
  const calls = old === undefined ? toolCallParts(item.tool_calls) : [old, ...toolCallParts(item.tool_calls)];
  const thought = text(item.reasoning_content) ?? text(item.reasoning);
  return [
    ...(thought ? [{ type: 'reasoning', text: thought } as const] : []),
    ...parts,
    ...(isObject(item.audio) ? contentParts(text(item.audio.transcript)) : []),
    ...(typeof item.refusal === 'string' ? [{ type: 'text', text: item.refusal } as const] : []),
    ...calls.filter((call) => call.type !== 'tool_call' || call.id === null || !known.has(call.id)),
  ];
}

/** The results of tools: parts that say so themselves, else the whole content. A definition of a tool is none. */
function toolParts(item: JsonObject, content: Json | undefined): MessagePart[] {
  if (isToolDefinition(content)) return [];
  const list: readonly Json[] = Array.isArray(content) ? content : [];
  if (list.some((part) => knownPart(part)?.type === 'tool_result')) return contentParts(content);
  // In the events of GenAI the id of the call is the id of the message.
  const id = text(item.tool_call_id) ?? (item['event.name'] === undefined ? null : text(item.id));
  return [{ type: 'tool_result', id, name: text(item.name), result: toolResult(content) }];
}
