import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { SessionReader } from '../store/contract.js';
import { Changes } from './changes.js';
import { createLangfuseApi } from './langfuse/routes.js';
import { createV1Api } from './v1.js';

export interface ReadApiOptions {
  readonly reader: SessionReader;
  /** What those who follow a session are told. Default: nothing. */
  readonly changes?: Changes;
  /** Default `default`. */
  readonly projectId?: string;
}

/** Everything that can be read over HTTP. Errors answer `{ "message": "…" }`. */
export function createReadApi({ reader, changes = new Changes(), projectId = 'default' }: ReadApiOptions): Hono {
  const api = new Hono();
  api.route('/api/v1', createV1Api(reader, projectId, changes));
  api.route('/api/public', createLangfuseApi(reader, projectId));
  api.onError((error, context) => {
    if (error instanceof HTTPException) return context.json({ message: error.message }, error.status);
    throw error;
  });
  return api;
}
