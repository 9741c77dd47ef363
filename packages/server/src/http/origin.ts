import type { MiddlewareHandler } from 'hono';

/** Answers 400 to requests whose Host header is not valid, such as `127.999.1.1`. */
export function onlyValidHosts(): MiddlewareHandler {
  return async (context, next) => {
    if (URL.canParse(context.req.url)) return next();
    return context.json(
      { message: 'The Host header is not the name or address of a host; send that of the server.' },
      400,
    );
  };
}

/**
 * Answers 403 to requests that a page of another site triggers in a browser. Such a page cannot read the answer, but it could
 * keep the server busy. Browsers send `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/); other programs do not.
 */
export function refuseCrossSite(): MiddlewareHandler {
  return async (context, next) => {
    if (context.req.header('sec-fetch-site')?.trim().toLowerCase() !== 'cross-site') return next();
    return context.json({ message: 'This server does not answer requests from pages of other sites.' }, 403);
  };
}
