import { file } from '../media.js';
import type { PartReader } from '../reader.js';
import { isObject, text } from '../values.js';

/** Parts of Haystack's messages: an object with one key that says what it holds. Text is `{ text }`. */
export const haystackPart: PartReader = ({ tool_call: call, tool_call_result: result, reasoning, image }) => {
  if (isObject(call) && typeof call.tool_name === 'string')
    return { type: 'tool_call', id: text(call.id), name: call.tool_name, arguments: call.arguments ?? null };
  if (isObject(result) && isObject(result.origin))
    return {
      type: 'tool_result',
      id: text(result.origin.id),
      name: text(result.origin.tool_name),
      result: result.result ?? null,
    };
  if (isObject(reasoning) && typeof reasoning.reasoning_text === 'string')
    return { type: 'reasoning', text: reasoning.reasoning_text };
  if (isObject(image) && typeof image.base64_image === 'string')
    return file(image.base64_image, text(image.mime_type) ?? 'image/*');
  return undefined;
};
