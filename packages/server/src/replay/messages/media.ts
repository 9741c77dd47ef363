import type { MessagePart } from '@powerrag/protocol';
import { type JsonObject, text } from './values.js';

/** Media by what it is, never by its bytes. */

const DATA_URL = /^data:([^;,]*)[^,]*;base64,/;
const URL_ELSEWHERE = /^(?!data:)[a-z][a-z\d+.-]*:/i;

/** What stands in place of media that was cut out or uploaded. */
const REFERENCE = /^@@@langfuseMedia:type=([^|@]*)\|id=([\w-]+)\|/;

/** What the tracing package records in place of large media: its MIME type, else the key that it was under, and its size. */
const LEFT_OUT = /^\[([^:\]]*): (\d+) bytes\]$/;

/** Media whose bytes are not in the value: the server keeps them, or they were not recorded. Null for anything else. */
function elsewhere(value: string | null, fallback: 'image' | 'file', type: string | null): MessagePart | null {
  const [, keptType, id] = REFERENCE.exec(value ?? '') ?? [];
  if (keptType !== undefined && id !== undefined) {
    return { type: 'media', ...ofType(keptType, fallback), reference: `/api/v1/media/${id}`, bytes: null };
  }
  const [, name, bytes] = LEFT_OUT.exec(value ?? '') ?? [];
  if (name === undefined) return null;
  return {
    type: 'media',
    ...ofType(name.includes('/') ? name : type, fallback),
    reference: null,
    bytes: Number(bytes),
  };
}

type Media = Extract<MessagePart, { type: 'media' }>;

function ofType(mimeType: string | null, fallback: 'image' | 'file'): Pick<Media, 'kind' | 'mimeType'> {
  const named = /^(image|audio)\//.exec(mimeType ?? '')?.[1];
  return { kind: named === 'image' || named === 'audio' ? named : fallback, mimeType };
}

/** An image at a URL, which may hold it inline. */
export function image(url: string | null): MessagePart {
  const notHere = elsewhere(url, 'image', null);
  if (notHere !== null) return notHere;
  const data = url === null ? null : DATA_URL.exec(url);
  if (url === null || data === null) return { type: 'media', kind: 'image', ...none, reference: url };
  return { type: 'media', kind: 'image', mimeType: data[1] || null, reference: null, bytes: sizeOf(url, data[0]) };
}

const none = { mimeType: null, bytes: null };

/** The `source` of an image or a document as Anthropic writes it. */
export function anthropicSource(source: JsonObject, type: string | null, name: string | null): MessagePart {
  const data = text(source.data) ?? text(source.url);
  return namedFile(data, name ?? text(source.file_id), text(source.media_type) ?? type);
}

/** A file with a name to show in place of its bytes. A URL is its own name. */
export function namedFile(data: string | null, name: string | null, type: string | null): MessagePart {
  const held = data === null ? file('', type) : file(data, type);
  if (held.type !== 'media' || (held.reference !== null && held.reference !== '')) return held;
  return { ...held, reference: name, bytes: data === null ? null : held.bytes };
}

/** A URL, or bytes in base64. `type` is a MIME type as far as it is known: `image/*` is one, too. */
export function file(data: string, type: string | null): MessagePart {
  const notHere = elsewhere(data, 'file', type);
  if (notHere !== null) return notHere;
  const inline = DATA_URL.exec(data);
  const known = inline?.[1] || type;
  const { kind } = ofType(known, 'file');
  const mimeType = known?.endsWith('/*') ? null : known;
  return URL_ELSEWHERE.test(data)
    ? { type: 'media', kind, mimeType, reference: data, bytes: null }
    : { type: 'media', kind, mimeType, reference: null, bytes: sizeOf(data, inline?.[0]) };
}

/** Bytes of what follows `head` in base64. */
function sizeOf(base64: string, head = ''): number {
  return Math.floor(((base64.length - head.length) * 3) / 4);
}
