import { SESSION_PAGE } from '@powerrag/protocol';
import { Hono } from 'hono';
import { toObservationId, toTraceId } from '../observation/foreign-id.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import type { SessionReader } from '../store/contract.js';

/**
 * `/traces/{id}`, an address that an application can build before anybody knows the session of the trace: leads to its place in the
 * session on the page, at one of its observations with `?observation={id}`. Not in OpenAPI: it is for people.
 */
export function createTracePage(reader: SessionReader): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.use('/traces/:id', requireRight('read'), async (context) => {
    const id = toTraceId(context.req.param('id') ?? '');
    const trace = await reader.getTrace(context.var.principal.projectId, id);
    if (trace === null) {
      return context.text(
        `There is no trace ${id}. It arrives some moments after its first span has ended: reload then.\n`,
        404,
      );
    }
    const { sessionId } = trace;
    if (sessionId === undefined) {
      return context.text(
        `The trace ${id} belongs to no session, and the page shows sessions. Set a sessionId, as with withSession().\n`,
        404,
      );
    }
    const observation = context.req.query('observation');
    const at = observation === undefined ? undefined : toObservationId(observation);
    return context.redirect(SESSION_PAGE.of(sessionId, { trace: id, observation: at }), 302);
  });
  return app;
}
