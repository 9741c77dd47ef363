import type { Json } from '@powerrag/protocol';
import type { Cuts } from '../otlp/collector.js';
import type { IngestLimits } from '../otlp/limits.js';
import { cutText, storableText } from '../otlp/text.js';

/** JSON in which every text can be stored and none is longer than the limit. */
export function boundJson(value: Json, limits: IngestLimits, cuts: Cuts): Json {
  if (typeof value === 'string') {
    if (value.length <= limits.textLength) return storableText(value);
    cuts.cut('texts', 1, `the first ${limits.textLength} characters are kept; send shorter ones`);
    return cutText(value, limits.textLength);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => boundJson(item, limits, cuts));
  // `fromEntries` defines own properties, so a key `__proto__` is just a key.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, boundJson(item, limits, cuts)]));
}
