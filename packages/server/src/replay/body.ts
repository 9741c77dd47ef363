import type { Json } from '@powerrag/protocol';
import { isTooDeep } from '../base/json-depth.js';
import type { BodyText } from '../observation/observation.js';

/**
 * A body as a value: parsed if it is JSON (also JSON inside a JSON string), else the text itself. A number that JavaScript
 * cannot hold exactly stays text, and so does JSON that is nested too deep to serialise.
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

/** Metadata as it is shown: each text read like a body. */
export function readMetadata(metadata: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, typeof value === 'string' ? readBody(value) : value]),
  );
}
