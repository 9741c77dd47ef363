import type { Json, MessagePart } from '@powerrag/protocol';
import type { MessageReader } from './reader.js';
import { toolCallPart, toolCallParts } from './tool-calls.js';
import { isObject, type JsonObject, text } from './values.js';

/** What stands beside the text of a result of the AI SDK or Mastra, and of nothing that goes in. */
const BESIDE_TEXT = ['toolCalls', 'finishReason', 'reasoningText'];

/**
 * What a model produced, without a role: the result of the AI SDK and of Mastra (`{ text, toolCalls }`), a chunk that is a
 * call (`{ toolName, toolCallId, toolInput }`), and nothing but calls (`{ tool_calls }`).
 */
export const generationResult: MessageReader = (item) => {
  if (item.role !== undefined || item.type !== undefined) return undefined;
  if (typeof item.toolName === 'string' && typeof item.toolCallId === 'string') {
    const call = toolCallPart(item);
    return call === undefined ? undefined : [{ role: 'assistant', parts: [call] }];
  }
  if (Array.isArray(item.tool_calls) && Object.keys(item).length === 1)
    return [{ role: 'assistant', parts: toolCallParts(item.tool_calls) }];
  if (typeof item.text !== 'string' || !BESIDE_TEXT.some((key) => item[key] !== undefined)) return undefined;
  return [{ role: 'assistant', parts: partsOf(item, item.text) }];
};

function partsOf(item: JsonObject, words: string): MessagePart[] {
  const calls: readonly Json[] = Array.isArray(item.toolCalls) ? item.toolCalls : [];
  const thought = text(item.reasoningText) ?? text(item.reasoning);
  return [
    ...(thought ? [{ type: 'reasoning', text: thought } as const] : []),
    ...(words === '' ? [] : [{ type: 'text', text: words } as const]),
    // Mastra has calls as chunks of a stream: `{ type: 'tool-call', payload }`.
    ...toolCallParts(calls.map((call) => (isObject(call) && isObject(call.payload) ? call.payload : call))),
  ];
}
