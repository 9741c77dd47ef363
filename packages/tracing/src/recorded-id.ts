import { cut, snapshot } from './snapshot.js';
import { warnOnce } from './warn.js';

/** The longest session or user id that is kept whole, in UTF-16 code units. */
const MAX_LENGTH = 1_024;

/**
 * An id as it is recorded; `undefined`, with a warning, for what is none.
 * @param field what one warning is enough for, where the name holds a key of the application
 */
export function toId(name: string, value: unknown, field: string = name): string | undefined {
  const id = typeof value === 'bigint' || Number.isFinite(value) ? String(value) : value;
  if (typeof id !== 'string' || id === '') {
    warnOnce(
      `${name} is ${id === '' ? 'empty' : `of type ${typeof id}`} and was ignored. Give a string`,
      undefined,
      field,
    );
    return undefined;
  }
  if (id.length <= MAX_LENGTH) return snapshot(id);
  warnOnce(`${name} is longer than ${MAX_LENGTH} characters and was cut, with a hash`, undefined, `${field} cut`);
  return snapshot(`${cut(id, MAX_LENGTH - 17)}~${hash(id)}`);
}

/** 64 bits of FNV-1a with two multipliers, as 16 hex digits: enough to tell ids apart, no protection against an attacker. */
function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9dc5811c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b) ^ (b >>> 13);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
