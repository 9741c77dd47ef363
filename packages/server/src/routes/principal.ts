import type { MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';

/** `read`: see what is stored. `write`: send what is to be stored. `delete`: delete traces, for good. */
export type Right = 'read' | 'write' | 'delete';

/** Who sends a request. Comes out of authentication; routes know nothing else of the caller. */
export interface Principal {
  /** The project that the request reads and writes. */
  readonly projectId: string;
  readonly rights: ReadonlySet<Right>;
}

/** The Hono environment of all routes: `context.var.principal` is set before any of them runs. */
export interface ServerEnv {
  Variables: { principal: Principal };
}

/** Answers 403 unless the principal has the right. */
export function requireRight(right: Right): MiddlewareHandler<ServerEnv> {
  return async (context, next) => {
    if (context.var.principal.rights.has(right)) return next();
    throw new HTTPException(403, { message: lacksRight(right) });
  };
}

/** The message of a 403. */
export function lacksRight(right: Right): string {
  return `These keys do not have the right to ${right}; use keys that do.`;
}
