import { SESSION_EXPORT_FORMAT, SESSION_EXPORT_VERSION, type SessionExport } from '@powerrag/protocol';
import * as v from 'valibot';
import { named, number } from '../../routes/schema.js';
import { observationDetails } from './observation.js';
import { replayDocument } from './replay.js';

/** A `SessionExport`, as the OpenAPI document describes it. */
export const sessionExport = named(
  'SessionExport',
  v.pipe(
    v.object({
      format: v.literal(SESSION_EXPORT_FORMAT),
      version: v.literal(SESSION_EXPORT_VERSION),
      exportedAtMs: number('Unix milliseconds.'),
      replay: replayDocument,
      observations: v.pipe(v.array(observationDetails), v.description('In the order of `replay.observations`.')),
    }),
    v.description('A session with everything in it: enough to replay it without a server. Nothing in it is cut.'),
  ),
) satisfies v.GenericSchema<SessionExport>;
