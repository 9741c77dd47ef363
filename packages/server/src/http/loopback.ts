import type { MiddlewareHandler } from 'hono';

/** Whether only this machine can reach a server that listens on this host. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/**
 * Answers 403 to requests whose host is not this machine. Otherwise a web page whose host name resolves to 127.0.0.1 (DNS
 * rebinding) could read the stored data.
 */
export function onlyLoopbackHosts(): MiddlewareHandler {
  return async (context, next) => {
    const { hostname } = new URL(context.req.url);
    if (isLoopback(hostname)) return next();
    const message = `This server answers to this machine only, not to ${hostname}; to reach it by name, start it with keys.`;
    return context.json({ message }, 403);
  };
}
