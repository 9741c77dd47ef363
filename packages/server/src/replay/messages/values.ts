import type { Json } from '@powerrag/protocol';
import { isTooDeep } from '../../base/json-depth.js';

export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** Arguments come as JSON in a string, which a model may have broken off. */
export function parsed(value: Json | undefined): Json {
  if (typeof value !== 'string') return value ?? null;
  if (isTooDeep(value)) return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}
