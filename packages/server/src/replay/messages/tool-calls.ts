import type { Json, MessagePart } from '@powerrag/protocol';
import { isObject, type JsonObject, parsed, text } from './values.js';

/**
 * The calls beside the content of an assistant's message: OpenAI's `{ id, function: { name, arguments } }`, LangChain's
 * `{ id, name, args }`, `{ id, name, arguments }` (Ollama, AutoGen), Haystack's `{ id, tool_name, arguments }` and the AI
 * SDK's `{ toolCallId, toolName, args | input }`. A call of another form is kept as JSON.
 */
export function toolCallParts(calls: Json | undefined): MessagePart[] {
  if (!Array.isArray(calls)) return [];
  return (calls as readonly Json[]).map((call) => toolCallPart(call) ?? { type: 'json', value: call });
}

export function toolCallPart(call: Json | undefined): MessagePart | undefined {
  if (!isObject(call)) return undefined;
  const called: JsonObject = isObject(call.function) ? call.function : call;
  const name = text(called.name) ?? text(called.tool_name) ?? text(called.toolName);
  if (name === null) return undefined;
  const given = called.arguments ?? called.args ?? called.input ?? called.toolInput;
  return { type: 'tool_call', id: text(call.id) ?? text(call.toolCallId), name, arguments: parsed(given) };
}
