import type { MiddlewareHandler } from 'hono';

/** Refuses requests whose Host cannot be the name of a host, such as `127.999.1.1`, with a 400. */
export function onlyValidHosts(): MiddlewareHandler {
  return async (context, next) => {
    if (URL.canParse(context.req.url)) return next();
    return context.json({ message: 'The Host header is not the name or address of a host.' }, 400);
  };
}

/**
 * Refuses what a page of another site makes a browser send. Such a page cannot read the answer, but it could keep the server busy.
 * Browsers say so in `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/); programs that are no browser do not send it.
 */
export function refuseCrossSite(): MiddlewareHandler {
  return async (context, next) => {
    if (context.req.header('sec-fetch-site')?.trim().toLowerCase() !== 'cross-site') return next();
    return context.json({ message: 'This server takes no requests from the pages of other sites.' }, 403);
  };
}
