import { Hono } from 'hono';
import * as v from 'valibot';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { json } from '../routes/schema.js';

const projects = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      name: v.string(),
      metadata: v.record(v.string(), json),
      organization: v.object({ id: v.string(), name: v.string() }),
    }),
  ),
});

/** Routes that Langfuse SDKs call besides sending traces: enough for `auth_check()`. */
export function createLangfuseHelpers(version: string): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>().basePath('/api/public');

  api.get(
    '/health',
    operation({
      summary: 'Whether the server is up',
      tag: 'server',
      answer: v.object({ status: v.literal('OK'), version: v.string() }),
      errors: [503],
      isOpen: true,
    }),
    (context) => context.json({ status: 'OK', version }),
  );

  api.get(
    '/projects',
    operation({ summary: 'The project of the keys', tag: 'langfuse', answer: projects }),
    requireRight('read'),
    (context) => {
      const { projectId } = context.var.principal;
      const project = { id: projectId, name: projectId };
      return context.json({ data: [{ ...project, metadata: {}, organization: project }] });
    },
  );

  return api;
}
