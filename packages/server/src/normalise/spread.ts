import type { BodyText } from '../observation/observation.js';
import type { SpanReader } from './span-reader.js';

/** What is under one key, or spread over attributes below a prefix: a single value as itself, several by their names. */
export function spread(span: SpanReader, whole: string, prefix: string): BodyText | undefined {
  const said = span.body(whole);
  if (said !== undefined) return said;
  const [first, ...others] = span.takeUnder(prefix);
  if (first === undefined) return undefined;
  if (others.length > 0) return JSON.stringify(Object.fromEntries([first, ...others]));
  const [, only] = first;
  return typeof only === 'string' ? only : JSON.stringify(only);
}
