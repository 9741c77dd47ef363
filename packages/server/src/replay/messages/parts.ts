import type { Json, MessagePart } from '@powerrag/protocol';

export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a message says in its `content`: text, or a list of parts as OpenAI and Anthropic write them. A part of another shape is kept as JSON. */
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
    return { type: 'json', value: part };
  });
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
      return isObject(part.source) ? anthropicImage(part.source) : image(text(part.image));
    default:
      return { type: 'json', value: part };
  }
}

const DATA_URL = /^data:([^;,]*)[^,]*;base64,/;

function anthropicImage(source: JsonObject): MessagePart {
  if (typeof source.data !== 'string') return image(text(source.url));
  return inlineImage(text(source.media_type), source.data.length);
}

/** An image by what it is, never by its bytes. */
function image(url: string | null): MessagePart {
  const data = url === null ? null : DATA_URL.exec(url);
  if (url === null || data === null)
    return { type: 'media', kind: 'image', mimeType: null, reference: url, bytes: null };
  return inlineImage(data[1] || null, url.length - data[0].length);
}

function inlineImage(mimeType: string | null, base64Length: number): MessagePart {
  return { type: 'media', kind: 'image', mimeType, reference: null, bytes: Math.floor((base64Length * 3) / 4) };
}

/** Arguments come as JSON in a string, which a model may have broken off. */
function parsed(value: Json | undefined): Json {
  if (typeof value !== 'string') return value ?? null;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
