import { file } from '../media.js';
import type { PartReader } from '../reader.js';
import { text } from '../values.js';

/** Blocks of LlamaIndex's messages, which say in `block_type` what they are. */
export const llamaIndexPart: PartReader = (part) => {
  switch (part.block_type) {
    case 'text':
      return typeof part.text === 'string' ? { type: 'text', text: part.text } : undefined;
    case 'thinking':
      return typeof part.content === 'string' ? { type: 'reasoning', text: part.content } : undefined;
    case 'tool_call':
      return {
        type: 'tool_call',
        id: text(part.tool_call_id),
        name: text(part.tool_name) ?? '',
        arguments: part.tool_kwargs ?? null,
      };
    case 'image':
    case 'audio':
    case 'video': {
      const data = text(part[part.block_type]) ?? text(part.url) ?? text(part.path);
      const mimeType = text(part[`${part.block_type}_mimetype`]) ?? `${part.block_type}/*`;
      return data === null ? undefined : file(data, mimeType);
    }
    default:
      return undefined;
  }
};
