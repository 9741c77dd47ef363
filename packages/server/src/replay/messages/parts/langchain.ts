import { file, namedFile } from '../media.js';
import type { PartReader } from '../reader.js';
import { parsed, text } from '../values.js';

const MEDIA: ReadonlySet<string> = new Set(['image', 'audio', 'video', 'file']);

/** Blocks of LangChain's messages: its own calls of tools, and media by data, URL or id. */
export const langChainPart: PartReader = (part) => {
  const { type, id, name, args } = part;
  if ((type === 'tool_call' || type === 'invalid_tool_call') && typeof name === 'string')
    return { type: 'tool_call', id: text(id), name, arguments: parsed(args) };
  if (typeof type !== 'string' || !MEDIA.has(type)) return undefined;
  const mimeType = text(part.mime_type) ?? (type === 'file' ? null : `${type}/*`);
  const data = text(part.base64) ?? (part.source_type === undefined ? null : text(part.data)) ?? text(part.url);
  if (data !== null) return file(data, mimeType);
  return typeof part.file_id === 'string' ? namedFile(null, part.file_id, mimeType) : undefined;
};
