import type { SessionAddresses } from '@powerrag/protocol';
import type { Context } from 'hono';
import { badRequest } from '../base/http-errors.js';

/** The field that names a session where its id cannot stand in a path. */
export const SESSION_ID = { name: 'id', in: 'query', description: 'The session id.' } as const;

/**
 * The session id in the address of a request. Reads the raw address: a router that decodes paths cannot tell `%2F` from `/`.
 * Answers 400 if the request has no session id.
 */
export function sessionIdOf(context: Context, addresses: SessionAddresses): string {
  const { pathname, search } = new URL(context.req.url);
  const id = addresses.idIn(pathname, search);
  if (id === null) throw badRequest('id is missing: name the session with `?id=` and its percent-encoded id.');
  return id;
}

/**
 * The two addresses of a session, or of what belongs to it: with its id in the path, and in the query. An id ends as early as it can:
 * `/sessions/a/replay` is the replay of `a`, where the session itself has a route too.
 */
export function sessionPaths(what?: string) {
  const end = what === undefined ? '' : `/${what}`;
  return [
    [`/sessions/:id{[\\s\\S]+?}${end}`, {}],
    [`/session${end}`, { parameters: [SESSION_ID] }],
  ] as const;
}
