import type { Json } from '@powerrag/protocol';
import { detachedSlice } from '../../base/detached.js';
import { readBody, readMetadata } from '../../replay/index.js';

/** Characters of values in one answer: more would not fit into a text, and few clients hold as much. */
const MOST_CHARACTERS = 16_000_000;
/** A shorter value is never cut; of a longer one that does not fit, so much is left. */
const SHORT = 2_000;

/**
 * The inputs, outputs and metadata of one answer, which together stay within a bound: values come whole while there is room; then
 * long ones are cut, and say how long they are and where all of them is.
 */
export class BodyBudget {
  #left: number;

  constructor(characters = MOST_CHARACTERS) {
    this.#left = characters;
  }

  /** @param address where the whole value is read. */
  body(text: string | null | undefined, address: string): Json {
    if (text === null || text === undefined) return null;
    return this.#takes(text.length) ? readBody(text) : cut(text, address);
  }

  metadata(metadata: Readonly<Record<string, Json>>, address: string): Readonly<Record<string, Json>> {
    return readMetadata(
      Object.fromEntries(
        Object.entries(metadata).map(([key, value]) => {
          const text = typeof value === 'string' ? value : JSON.stringify(value);
          return [key, this.#takes(text.length) ? value : cut(text, address)];
        }),
      ),
    );
  }

  #takes(length: number): boolean {
    if (length > SHORT && length > this.#left) return false;
    this.#left -= length;
    return true;
  }
}

function cut(text: string, address: string): string {
  return `${detachedSlice(text, 0, SHORT)}… [${text.length} characters in all: GET ${address}]`;
}
