import type { Json, MessagePart } from '@powerrag/protocol';
import { file } from './media.js';
import { isObject, type JsonObject, parsed, text } from './values.js';

/** A part of a message as the Vercel AI SDK writes it; null where it is none. */
export function aiSdkPart(part: JsonObject): MessagePart | null {
  switch (part.type) {
    case 'reasoning':
      return typeof part.text === 'string' ? { type: 'reasoning', text: part.text } : null;
    case 'tool-call':
      return { type: 'tool_call', ...callOf(part), arguments: parsed(part.input ?? part.args) };
    case 'tool-result':
      return { type: 'tool_result', ...callOf(part), result: resultOf(part) };
    case 'image':
      return typeof part.image === 'string' ? file(part.image, mimeTypeOf(part) ?? 'image/*') : null;
    case 'file':
      return typeof part.data === 'string' ? file(part.data, mimeTypeOf(part)) : null;
    default:
      return null;
  }
}

/** Whether a message is all results of tools: the SDK's form of what others write as a message each. */
export function isAiSdkResults(content: Json | undefined): boolean {
  return (
    Array.isArray(content) &&
    content.length > 0 &&
    content.every((part) => isObject(part) && part.type === 'tool-result')
  );
}

function callOf({ toolCallId, toolName }: JsonObject): { id: string | null; name: string } {
  return { id: text(toolCallId), name: text(toolName) ?? '' };
}

/** From version 5 on a result says of what kind it is: `{ type: 'json', value }`. */
function resultOf({ output, result }: JsonObject): Json {
  if (isObject(output) && typeof output.type === 'string' && output.value !== undefined) return output.value;
  return output ?? result ?? null;
}

function mimeTypeOf({ mediaType, mimeType }: JsonObject): string | null {
  return text(mediaType) ?? text(mimeType);
}
