import type { ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Log } from '../base/log.js';
import { InvalidCursor } from '../store/cursor.js';
import { StoreUnavailable } from '../store/unavailable.js';

/** Seconds after which a client may ask again. */
const RETRY_AFTER_S = '5';

/** Answers what routes throw. Only what a client cannot have caused is in the log. */
export function answerErrors(log: Log): ErrorHandler {
  return (error, context) => {
    if (error instanceof InvalidCursor) return context.json({ message: error.message }, 400);
    // Said in the log once, by the store, not with every request.
    if (error instanceof StoreUnavailable) {
      return context.json({ message: error.message }, 503, { 'retry-after': RETRY_AFTER_S });
    }
    if (error instanceof HTTPException) return context.json({ message: error.message }, error.status);
    log.error(`${context.req.method} ${context.req.path} failed`, error);
    return context.json({ message: 'The server failed to answer; see its log.' }, 500);
  };
}
