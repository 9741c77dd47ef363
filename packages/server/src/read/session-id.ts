import type { SessionAddresses } from '@powerrag/protocol';
import type { Context } from 'hono';
import { badRequest } from '../base/http-errors.js';

/**
 * The session that a request is about. Read from its address as it came: a router that decodes paths cannot tell `%2F` from `/`.
 * Answers 400 where the address names none.
 */
export function sessionIdOf(context: Context, addresses: SessionAddresses): string {
  const { pathname, search } = new URL(context.req.url);
  const id = addresses.idIn(pathname, search);
  if (id === null) throw badRequest('id is missing: say which session with `?id=` and its percent-encoded id.');
  return id;
}
