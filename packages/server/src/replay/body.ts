import type { Json } from '@powerrag/protocol';
import type { BodyText } from '../observation.js';

/** Deeper than this a value is shown as the text it came as: writing or drawing it again would exhaust the stack. */
const MAX_DEPTH = 200;

/**
 * What a body says: the JSON value where it is JSON (also JSON inside a JSON string), else the text itself. A number that
 * JavaScript cannot hold exactly stays text, too, and so does whatever is nested deeper than `MAX_DEPTH`.
 */
export function readBody(text: BodyText | null | undefined): Json {
  if (text === null || text === undefined) return null;
  const value = parse(text);
  if (typeof value !== 'string') return value;
  const inner = /^\s*[[{]/.test(value) ? parse(value) : value;
  return inner;
}

function parse(text: string): Json {
  if (!/^\s*(?:[[{"\d-]|true|false|null)/.test(text) || isTooDeep(text)) return text;
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  return typeof value === 'number' && String(value) !== text.trim() ? text : value;
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
      if (++depth > MAX_DEPTH) return true;
    } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) depth--;
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** Metadata as it is shown: each text read like a body. */
export function readMetadata(metadata: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, typeof value === 'string' ? readBody(value) : value]),
  );
}
