import { file } from '../media.js';
import type { PartReader } from '../reader.js';
import { isObject, text } from '../values.js';

/** Parts of Genkit: an object with one key that says what it holds. Text is `{ text }`. */
export const genkitPart: PartReader = ({ type, toolRequest, toolResponse, media, reasoning }) => {
  if (isObject(toolRequest) && typeof toolRequest.name === 'string')
    return {
      type: 'tool_call',
      id: text(toolRequest.ref),
      name: toolRequest.name,
      arguments: toolRequest.input ?? null,
    };
  if (isObject(toolResponse) && typeof toolResponse.name === 'string')
    return {
      type: 'tool_result',
      id: text(toolResponse.ref),
      name: toolResponse.name,
      result: toolResponse.output ?? null,
    };
  if (isObject(media) && typeof media.url === 'string') return file(media.url, text(media.contentType));
  return type === undefined && typeof reasoning === 'string' ? { type: 'reasoning', text: reasoning } : undefined;
};
