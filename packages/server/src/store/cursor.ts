import { MAX_ID_LENGTH, type SortOrder } from '@powerrag/protocol';
import type { SessionOrder } from './session-filter.js';

/** The session in a list after which the next page starts. */
export interface SessionCursor {
  /** What the session is ordered by. */
  readonly value: number;
  readonly id: string;
}

/** The cursor did not come from a list of this server. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';

  constructor() {
    super('cursor is not one that this server gave for this order; leave it out to start from the first page');
  }
}

/** A cursor is part of a URL: of a long id in an older file, the start is enough. */
export function writeCursor({ sort, order }: Required<SessionOrder>, { value, id }: SessionCursor): string {
  return Buffer.from(JSON.stringify([sort, order, value, shorten(id, order)])).toString('base64url');
}

/** Throws `InvalidCursor`, also for a cursor of a list in another order. */
export function readCursor(text: string, of: Required<SessionOrder>): SessionCursor {
  try {
    const read: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (Array.isArray(read) && read[0] === of.sort && read[1] === of.order) {
      const [, , value, id] = read as unknown[];
      if (typeof value === 'number' && typeof id === 'string') return { value, id };
    }
  } catch {
    // Not JSON: reported below, like JSON of another shape.
  }
  throw new InvalidCursor();
}

/** What comes after the start comes after the id, in either order. */
function shorten(id: string, order: SortOrder): string {
  if (id.length <= MAX_ID_LENGTH) return id;
  const start = id.slice(0, MAX_ID_LENGTH).replace(/[\ud800-\udbff]$/, '');
  return order === 'desc' ? start : `${start}\u{10ffff}`;
}
