import { Hono } from 'hono';
import type { ServerEnv } from '../../routes/principal.js';
import type { Annotations } from '../../store/annotations.js';
import type { SessionReader } from '../../store/contract.js';
import { createObservationsApi } from './observations.js';
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
  return api;
}
