import type { Json } from '@powerrag/protocol';
import { file } from '../media.js';
import type { PartReader } from '../reader.js';
import { isObject, type JsonObject, parsed, text } from '../values.js';

/** Parts of a message of the Vercel AI SDK, other than text and reasoning. */
export const aiSdkPart: PartReader = (part) => {
  switch (part.type) {
    case 'tool-call':
      return { type: 'tool_call', ...callOf(part), arguments: parsed(part.input ?? part.args) };
    case 'tool-result':
      return { type: 'tool_result', ...callOf(part), result: resultOf(part) };
    case 'image':
      return typeof part.image === 'string' ? file(part.image, mimeTypeOf(part) ?? 'image/*') : undefined;
    case 'file': {
      const data = text(part.data) ?? text(part.url);
      return data !== null && part.source_type === undefined ? file(data, mimeTypeOf(part)) : undefined;
    }
    default:
      return undefined;
  }
};

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
