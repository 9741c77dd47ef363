import { HTTPException } from 'hono/http-exception';

/** 404, with what was looked for. */
export function notFound(message: string): HTTPException {
  return new HTTPException(404, { message });
}

/** 400; the message names the field and the mend. */
export function badRequest(message: string): HTTPException {
  return new HTTPException(400, { message });
}

/** 503; the message says why not now. */
export function unavailable(message: string): HTTPException {
  return new HTTPException(503, { message });
}
