import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

const POLICY = 'content-security-policy';

/**
 * Sets the security headers of every answer. The policy lets nothing in a trace run as a script or reach another host, whatever
 * the page does with it; an answer with a policy of its own keeps that. No `Strict-Transport-Security`: whether the host has TLS is
 * known to the proxy in front only.
 */
export function securityHeaders(): MiddlewareHandler {
  const set = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      mediaSrc: ["'self'"],
      connectSrc: ["'self'"],
      fontSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    strictTransportSecurity: false,
    xFrameOptions: 'DENY',
  });
  return async (context, next) => {
    let own: string | null = null;
    await set(context, async () => {
      await next();
      own = context.res.headers.get(POLICY);
    });
    if (own !== null) context.res.headers.set(POLICY, own);
  };
}
