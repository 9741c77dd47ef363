import { TRACES_PATH } from '@powerrag/protocol';
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

/** What Langfuse SDKs call besides sending traces: enough for `auth_check()`, and a clear answer to the rest. */
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

  // A 4xx: the SDK drops the upload instead of retrying it. The span that refers to it is stored all the same.
  const noMedia = 'This server does not store media; the observation is kept without it.';
  const media = operation({ summary: 'Media: not supported', tag: 'ingest', errors: [404] });
  api.post('/media', media, (context) => context.json({ message: noMedia }, 404));
  api.on(['GET', 'PATCH'], '/media/:id', media, (context) => context.json({ message: noMedia }, 404));

  const noIngestion = `This server does not take the batch ingestion API; send traces as OTLP to ${TRACES_PATH}, as Langfuse SDKs for JavaScript from 4 and for Python from 3 do.`;
  api.post(
    '/ingestion',
    operation({ summary: 'Batch ingestion: not supported', tag: 'ingest', errors: [404] }),
    (context) => context.json({ message: noIngestion }, 404),
  );

  return api;
}
