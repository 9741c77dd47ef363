import { snapshot } from './snapshot.js';
import { warnOnce } from './warn.js';

/**
 * A trace id: 32 hex digits. From a seed, the same each time and in every Langfuse or PowerRAG SDK: the first half of the SHA-256
 * of the seed in UTF-8. Without one, or where the runtime has no SHA-256 (a page that is not a secure context), random.
 */
export async function createTraceId(seed?: string): Promise<string> {
  let bytes = crypto.getRandomValues(new Uint8Array(16));
  try {
    const text = snapshot(seed);
    if (text) bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)), 0, 16);
  } catch (error) {
    warnOnce('createTraceId() has no SHA-256 here (no secure context?), so the id is random', error);
  }
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
