import type { ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Log } from '../base/log.js';
import { InvalidCursor } from '../store/cursor.js';
import { StoreUnavailable } from '../store/unavailable.js';

/** Seconds after which a client may retry. */
const RETRY_AFTER_S = '5';

/** Turns errors of routes into answers. Logs only errors that the client cannot have caused. */
export function answerErrors(log: Log): ErrorHandler {
  return (error, context) => {
    if (error instanceof InvalidCursor) return context.json({ message: error.message }, 400);
    // The store logs this once, not with every request.
    if (error instanceof StoreUnavailable) {
      return context.json({ message: error.message }, 503, { 'retry-after': RETRY_AFTER_S });
    }
    if (error instanceof HTTPException) return context.json({ message: error.message }, error.status);
    log.error(`${context.req.method} ${context.req.path} failed`, error);
    return context.json({ message: 'The server failed to answer; see its log.' }, 500);
  };
}
