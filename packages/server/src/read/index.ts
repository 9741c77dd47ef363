import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { Changes } from '../live/changes.js';
import type { Annotations } from '../store/annotations.js';
import type { SessionReader } from '../store/contract.js';
import { createLangfuseApi } from './langfuse/routes.js';
import { createV1Api } from './v1.js';

/** Seconds after which a client may come back when there was no room for it. */
const RETRY_AFTER_S = '5';

export interface ReadApiOptions {
  readonly reader: SessionReader;
  /** What those who follow a session are told. Default: nothing. */
  readonly changes?: Changes;
  /** Scores and comments, for replays. Default: none. */
  readonly annotations?: Annotations;
  /** Default `default`. */
  readonly projectId?: string;
}

/** Everything that can be read over HTTP. Errors answer `{ "message": "…" }`. */
export function createReadApi(options: ReadApiOptions): Hono {
  const { reader, changes = new Changes(), annotations, projectId = 'default' } = options;
  const api = new Hono();
  api.route('/api/v1', createV1Api(reader, projectId, changes, annotations));
  api.route('/api/public', createLangfuseApi(reader, projectId));
  api.onError((error, context) => {
    if (!(error instanceof HTTPException)) throw error;
    if (error.status === 503) context.header('retry-after', RETRY_AFTER_S);
    return context.json({ message: error.message }, error.status);
  });
  return api;
}
