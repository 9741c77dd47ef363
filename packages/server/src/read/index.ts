import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { Changes } from '../live/changes.js';
import type { ServerEnv } from '../routes/principal.js';
import type { Annotations } from '../store/annotations.js';
import type { SessionReader } from '../store/contract.js';
import type { SessionSearcher } from '../store/search.js';
import { createLangfuseApi } from './langfuse/routes.js';
import type { ReplayApiOptions } from './replay.js';
import { createSearchApi } from './search.js';
import { createV1Api } from './v1.js';

/** Seconds after which a client may ask again after a 503. */
const RETRY_AFTER_S = '5';

export interface ReadApiOptions extends ReplayApiOptions {
  readonly reader: SessionReader;
  /** What search asks. Default: there is no search. */
  readonly searcher?: Partial<SessionSearcher>;
  /** Where to hear of changes of a session. Default: there are none. */
  readonly changes?: Changes;
  /** Scores and comments, for replays and traces. Default: none. */
  readonly annotations?: Annotations;
}

/** Everything that can be read over HTTP. Needs a principal. Errors are `{ "message": "…" }`. */
export function createReadApi(options: ReadApiOptions): Hono<ServerEnv> {
  const { reader, changes = new Changes(), annotations } = options;
  const searchSessions = options.searcher?.searchSessions;
  const api = new Hono<ServerEnv>();
  api.route('/api/v1', createV1Api(reader, changes, annotations, options));
  if (searchSessions !== undefined) api.route('/api/v1', createSearchApi({ searchSessions }));
  api.route('/api/public', createLangfuseApi(reader, annotations));
  api.onError((error, context) => {
    if (!(error instanceof HTTPException)) throw error;
    if (error.status === 503) context.header('retry-after', RETRY_AFTER_S);
    return context.json({ message: error.message }, error.status);
  });
  return api;
}
