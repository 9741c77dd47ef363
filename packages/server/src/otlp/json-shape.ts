import { plural } from '../base/plural.js';
import type { IngestLimits } from './limits.js';
import { Refusal } from './refusal.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Levels that OTLP/JSON itself puts around an attribute, and around each level of its value. */
const LEVELS_AROUND = 16;
const LEVELS_PER_VALUE = 4;

/**
 * Checks brackets and commas before `JSON.parse`, which needs a second for a megabyte of `[`, and twenty times its size in
 * memory for a body of `{}`. Throws a `Refusal` (400 too deep, 413 too many values).
 */
export function checkJsonShape(body: Uint8Array, limits: IngestLimits): 'empty' | 'filled' {
  const maxDepth = LEVELS_AROUND + LEVELS_PER_VALUE * (limits.depth + 1);
  // An attribute without nesting takes two objects and a comma or two; an element of an array an object and a comma.
  const maxTokens = limits.entries * 4 + limits.values * 2;
  let depth = 0;
  let tokens = 0;
  let empty = true;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0;
    if (byte === QUOTE) {
      at = endOfString(body, at);
    } else if (byte === COMMA) {
      tokens += 1;
    } else if (OPEN.has(byte)) {
      tokens += 1;
      depth += 1;
      if (depth > maxDepth) throw new Refusal(400, `The body nests deeper than ${plural(maxDepth, 'level')}`);
    } else if (CLOSE.has(byte)) {
      depth -= 1;
    }
    if (empty && !SPACE.has(byte)) empty = false;
    if (tokens > maxTokens) {
      throw new Refusal(413, `More than ${maxTokens} brackets and commas in one request; send smaller batches.`);
    }
  }
  return empty ? 'empty' : 'filled';
}

/** The index of the closing quote, or the end of the body. */
function endOfString(body: Uint8Array, openingQuote: number): number {
  let at = openingQuote;
  do {
    at = body.indexOf(QUOTE, at + 1);
    if (at === -1) return body.length;
  } while (isEscaped(body, at));
  return at;
}

function isEscaped(body: Uint8Array, quote: number): boolean {
  let backslashes = 0;
  while (body[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}
