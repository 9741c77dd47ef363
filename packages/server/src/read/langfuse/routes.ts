import { Hono } from 'hono';
import type { ServerEnv } from '../../routes/principal.js';
import type { Annotations } from '../../store/annotations.js';
import type { SessionReader } from '../../store/contract.js';
import { createObservationsApi } from './observations.js';
import { createObservationsV2Api } from './observations-v2.js';
import { createSessionsApi } from './sessions.js';
import { createTracesApi } from './traces.js';

/**
 * The part of the Langfuse API that reads sessions, traces and observations, so that its clients work unchanged.
 * Field names, units and pages are those of its API definition.
 */
export function createLangfuseApi(reader: SessionReader, annotations?: Annotations): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  api.route('/', createSessionsApi(reader));
  api.route('/', createTracesApi(reader, annotations));
  api.route('/observations', createObservationsApi(reader));
  api.route('/v2/observations', createObservationsV2Api(reader));
  return api;
}
