import { warnOnce } from './warn.js';

/**
 * A trace id: 32 hex digits. From a seed, the same each time and in every Langfuse or PowerRAG SDK: the first half of the SHA-256
 * of the seed in UTF-8. Without one, random.
 */
export async function createTraceId(seed?: string): Promise<string> {
  if (seed) {
    try {
      return toHex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(seed)));
    } catch {
      warnOnce(
        'no-sha',
        'createTraceId() was given a seed, but there is no SHA-256 here (not a secure context?): the id is random.',
      );
    }
  }
  return toHex(crypto.getRandomValues(new Uint8Array(16)).buffer);
}

function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes, 0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
