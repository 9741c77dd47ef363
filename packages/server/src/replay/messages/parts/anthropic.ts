import { anthropicSource, image } from '../media.js';
import type { PartReader } from '../reader.js';
import { toolResult } from '../tool-results.js';
import { isObject, text } from '../values.js';

/** Blocks of Anthropic's messages: uses of tools and their results, those on the server's side too, images and documents. */
export const anthropicPart: PartReader = (part) => {
  const { type } = part;
  if (type === 'tool_use' || type === 'server_tool_use' || type === 'mcp_tool_use')
    return { type: 'tool_call', id: text(part.id), name: text(part.name) ?? '', arguments: part.input ?? null };
  if (typeof type === 'string' && /(?:^|_)tool_result$/.test(type) && part.tool_use_id !== undefined)
    return { type: 'tool_result', id: text(part.tool_use_id), name: null, result: toolResult(part.content) };
  if (type === 'image' && isObject(part.source)) return anthropicSource(part.source, 'image/*', null);
  if (type === 'image' && Object.keys(part).length === 1) return image(null);
  if (type === 'document' && isObject(part.source)) {
    const { source } = part;
    if (source.type === 'text' && typeof source.data === 'string') return { type: 'text', text: source.data };
    return anthropicSource(source, null, text(part.title));
  }
  return undefined;
};
