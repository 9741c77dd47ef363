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

  return api;
}
