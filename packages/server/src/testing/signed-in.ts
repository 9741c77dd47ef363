import { Hono } from 'hono';
import type { Principal, ServerEnv } from '../routes/principal.js';

const OWNER: Principal = { projectId: 'default', rights: new Set(['read', 'write', 'delete']) };

/** Routes as this principal reaches them. Default: one who may do everything in the project `default`. */
export function signedIn(routes: Hono<ServerEnv>, principal: Principal = OWNER): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.use((context, next) => {
    context.set('principal', principal);
    return next();
  });
  return app.route('/', routes);
}
