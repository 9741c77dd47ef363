import { idHash, MAX_ID_LENGTH } from '@powerrag/protocol';
import { cut, snapshot } from './snapshot.js';
import { warnOnce } from './warn.js';

/**
 * An id as it is recorded; `undefined`, with a warning, where the value is not an id.
 * @param field the kind of field, of which only one warning is given, where the name contains a key of the application
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
  if (id.length <= MAX_ID_LENGTH) return snapshot(id);
  warnOnce(`${name} is longer than ${MAX_ID_LENGTH} characters and was cut, with a hash`, undefined, `${field} cut`);
  return snapshot(`${cut(id, MAX_ID_LENGTH - 17)}~${idHash(id)}`);
}
