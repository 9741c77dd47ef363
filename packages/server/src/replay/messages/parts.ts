import type { Json, MessagePart } from '@powerrag/protocol';
import { aiSdkPart } from './ai-sdk.js';
import { anthropicImage, file, image } from './media.js';
import { isObject, type JsonObject, parsed, text } from './values.js';

/** What a message says in its `content`: text, or a list of parts as OpenAI, Anthropic and the AI SDK write them. A part of another shape is kept as JSON. */
export function contentParts(content: Json | undefined): MessagePart[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content.map(toPart) : [{ type: 'json', value: content }];
}

/** The calls of an assistant message in OpenAI's `tool_calls`. */
export function toolCallParts(calls: Json | undefined): MessagePart[] {
  if (!Array.isArray(calls)) return [];
  return (calls as readonly Json[]).map((call) => {
    if (!isObject(call) || !isObject(call.function)) return { type: 'json', value: call };
    return {
      type: 'tool_call',
      id: text(call.id),
      name: text(call.function.name) ?? '',
      arguments: parsed(call.function.arguments),
    };
  });
}

/** The `parts` of a message in OpenTelemetry's GenAI conventions. */
export function genAiParts(parts: readonly Json[]): MessagePart[] {
  return parts.map((part): MessagePart => {
    if (!isObject(part)) return { type: 'json', value: part };
    const { type, content, id } = part;
    if ((type === 'text' || type === 'reasoning') && typeof content === 'string') return { type, text: content };
    if (type === 'tool_call' && typeof part.name === 'string')
      return { type, id: text(id), name: part.name, arguments: parsed(part.arguments) };
    if (type === 'tool_call_response')
      return { type: 'tool_result', id: text(id), name: null, result: part.response ?? part.result ?? null };
    if (type === 'blob' && typeof content === 'string') return file(content, mimeTypeOf(part));
    if (type === 'uri' && typeof part.uri === 'string') return file(part.uri, mimeTypeOf(part));
    return { type: 'json', value: part };
  });
}

function mimeTypeOf({ mime_type: mimeType, modality }: JsonObject): string | null {
  return text(mimeType) ?? (typeof modality === 'string' ? `${modality}/*` : null);
}

function toPart(part: Json): MessagePart {
  if (typeof part === 'string') return { type: 'text', text: part };
  if (!isObject(part)) return { type: 'json', value: part };
  switch (part.type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return typeof part.text === 'string' ? { type: 'text', text: part.text } : { type: 'json', value: part };
    case 'thinking':
      return typeof part.thinking === 'string'
        ? { type: 'reasoning', text: part.thinking }
        : { type: 'json', value: part };
    case 'tool_use':
      return { type: 'tool_call', id: text(part.id), name: text(part.name) ?? '', arguments: part.input ?? null };
    case 'tool_result':
      return { type: 'tool_result', id: text(part.tool_use_id), name: null, result: part.content ?? null };
    case 'image_url':
      return image(isObject(part.image_url) ? text(part.image_url.url) : text(part.image_url));
    case 'image':
      if (isObject(part.source)) return anthropicImage(part.source);
      return aiSdkPart(part) ?? image(null);
    default:
      return aiSdkPart(part) ?? { type: 'json', value: part };
  }
}
