import { file, namedFile } from '../media.js';
import type { PartReader } from '../reader.js';
import { isObject, type JsonObject, parsed, text } from '../values.js';

/** Parts of a message in OpenTelemetry's GenAI conventions, other than text and reasoning. */
export const genAiPart: PartReader = (part) => {
  const { type, content, id } = part;
  if (type === 'tool_call' && typeof part.name === 'string' && part.args === undefined)
    return { type, id: text(id), name: part.name, arguments: parsed(part.arguments) };
  if (type === 'tool_call_response')
    return {
      type: 'tool_result',
      id: text(id),
      name: text(part.name),
      result: part.response ?? part.result ?? part.content ?? null,
    };
  // What the provider calls on its own side is held under the name of its type.
  if (type === 'server_tool_call' && isObject(part[type]))
    return { type: 'tool_call', id: text(id), name: text(part.name) ?? '', arguments: part[type] };
  if (type === 'server_tool_call_response' && part[type] !== undefined)
    return { type: 'tool_result', id: text(id), name: text(part.name), result: part[type] };
  if (type === 'blob' && typeof content === 'string') return file(content, mimeTypeOf(part));
  if (type === 'uri' && typeof part.uri === 'string') return file(part.uri, mimeTypeOf(part));
  if (type === 'file' && typeof part.file_id === 'string') return namedFile(null, part.file_id, mimeTypeOf(part));
  return undefined;
};

function mimeTypeOf({ mime_type: mimeType, modality }: JsonObject): string | null {
  return text(mimeType) ?? (typeof modality === 'string' ? `${modality}/*` : null);
}
