import type { MiddlewareHandler } from 'hono';

/** Whether only this machine can reach a server that listens there. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/**
 * Refuses requests that name another host than this machine: a web page of a stranger, whose name was made to point at
 * 127.0.0.1 (DNS rebinding), would otherwise read what is stored here.
 */
export function onlyLoopbackHosts(): MiddlewareHandler {
  return async (context, next) => {
    const { hostname } = new URL(context.req.url);
    if (isLoopback(hostname)) return next();
    const message = `This server answers on this machine only, not as ${hostname}; to be reached by name, start it with keys.`;
    return context.json({ message }, 403);
  };
}
