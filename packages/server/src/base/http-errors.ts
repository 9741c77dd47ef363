import { HTTPException } from 'hono/http-exception';

/** 404; the message names what was not found. */
export function notFound(message: string): HTTPException {
  return new HTTPException(404, { message });
}

/** 400; the message names the field and the fix. */
export function badRequest(message: string): HTTPException {
  return new HTTPException(400, { message });
}

/** 503; the message says why. */
export function unavailable(message: string): HTTPException {
  return new HTTPException(503, { message });
}
