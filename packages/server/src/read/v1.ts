import { Hono } from 'hono';
import { notFound } from '../base/http-errors.js';
import type { Changes } from '../live/changes.js';
import { toObservationId, toTraceId } from '../observation/foreign-id.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { quote } from '../routes/query.js';
import type { Annotations } from '../store/annotations.js';
import type { SessionReader } from '../store/contract.js';
import { createActivityApi } from './activity.js';
import { observationDetails } from './answers/observation.js';
import { createExportApi } from './export.js';
import { toDetails } from './observation-details.js';
import { createOverviewApi } from './overview.js';
import { createReplayApi, type ReplayApiOptions } from './replay.js';
import { createSessionApi } from './session.js';
import { createSessionListApi } from './session-list.js';

/** What the page reads. */
export function createV1Api(
  reader: SessionReader,
  changes: Changes,
  annotations?: Annotations,
  options: ReplayApiOptions = {},
): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  const canRead = requireRight('read');

  api.route('/', createSessionListApi(reader));
  api.route('/', createSessionApi(reader, annotations));
  api.route('/', createOverviewApi(reader));
  api.route('/', createActivityApi(reader, annotations));
  api.route('/', createExportApi(reader, annotations, options.now ?? Date.now));
  api.route('/', createReplayApi(reader, changes, annotations, options));

  api.get(
    '/traces/:traceId/observations/:id',
    operation({
      summary: 'Read an observation with its input and output',
      tag: 'page',
      answer: observationDetails,
      errors: [404],
    }),
    canRead,
    async (context) => {
      const { projectId } = context.var.principal;
      const { traceId: givenTraceId, id: givenId } = context.req.param();
      const [traceId, id] = [toTraceId(givenTraceId), toObservationId(givenId)];
      const observation = await reader.getObservation(projectId, traceId, id);
      const [body] = await reader.readBodies(projectId, [{ traceId, id }]);
      if (observation === null || !body)
        throw notFound(`There is no observation ${quote(givenId)} in trace ${quote(givenTraceId)}.`);
      return context.json(toDetails(observation, body));
    },
  );

  return api;
}
