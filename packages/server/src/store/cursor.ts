import { MAX_ID_LENGTH } from '@powerrag/protocol';

/** The session in a list after which the next page starts. */
export interface SessionCursor {
  readonly ms: number;
  readonly id: string;
}

/** The cursor did not come from a list of this server. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';

  constructor() {
    super('cursor is not one that this server gave; leave it out to start from the first page');
  }
}

/** A cursor is part of a URL: of a long id in an older file, the start is enough. */
export function writeCursor({ ms, id }: SessionCursor): string {
  return Buffer.from(JSON.stringify([ms, id.slice(0, MAX_ID_LENGTH)])).toString('base64url');
}

/** Throws `InvalidCursor`. */
export function readCursor(text: string): SessionCursor {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'string') {
      return { ms: value[0], id: value[1] };
    }
  } catch {
    // Not JSON: reported below, like JSON of another shape.
  }
  throw new InvalidCursor();
}
