/** The longest id, name or tag that is kept whole, in UTF-16 code units. */
export const MAX_ID_LENGTH = 1_024;

/**
 * What stands behind `~` at the end of an id that was cut to `MAX_ID_LENGTH`: client and server cut alike, so equal ids stay equal
 * and others apart. 64 bits of FNV-1a with two multipliers, as 16 hex digits: no protection against an attacker.
 */
export function idHash(id: string): string {
  let a = 0x811c9dc5;
  let b = 0x9dc5811c;
  for (let i = 0; i < id.length; i++) {
    const unit = id.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b) ^ (b >>> 13);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
