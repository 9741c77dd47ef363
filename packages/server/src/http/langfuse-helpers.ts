import { Hono } from 'hono';
import { DEFAULT_PROJECT_ID } from '../base/project.js';

/** What Langfuse SDKs call besides sending traces: enough for `auth_check()` to pass, and for the rest to be told clearly. */
export function createLangfuseHelpers(version: string): Hono {
  const api = new Hono().basePath('/api/public');

  api.get('/health', (context) => context.json({ status: 'OK', version }));

  api.get('/projects', (context) => {
    const named = { id: DEFAULT_PROJECT_ID, name: DEFAULT_PROJECT_ID };
    return context.json({ data: [{ ...named, metadata: {}, organization: named }] });
  });

  // 4xx, so that an SDK drops the upload and does not try again; the span that refers to it lands all the same.
  const noMedia = 'This server does not store media; the observation is kept without it.';
  api.post('/media', (context) => context.json({ message: noMedia }, 404));
  api.on(['GET', 'PATCH'], '/media/:id', (context) => context.json({ message: noMedia }, 404));

  return api;
}
