import type { ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Log } from '../base/log.js';
import { InvalidCursor } from '../store/cursor.js';

/** Answers what routes throw. Only what a client cannot have caused is in the log. */
export function answerErrors(log: Log): ErrorHandler {
  return (error, context) => {
    if (error instanceof InvalidCursor) return context.json({ message: error.message }, 400);
    if (error instanceof HTTPException) return context.json({ message: error.message }, error.status);
    log.error(`${context.req.method} ${context.req.path} failed`, error);
    return context.json({ message: 'The server failed to answer; see its log.' }, 500);
  };
}
