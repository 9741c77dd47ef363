import type { Page, SessionSummary } from '@powerrag/protocol';
import * as v from 'valibot';
import { named, number, string } from '../../routes/schema.js';

/** A `SessionSummary`, as the OpenAPI document describes it. */
export const sessionSummary = named(
  'SessionSummary',
  v.object({
    id: v.string(),
    userIds: v.pipe(v.array(v.string()), v.description('Every user of its traces, most recent first.')),
    environment: v.nullable(v.string()),
    tags: v.array(v.string()),
    traceCount: v.number(),
    observationCount: v.number(),
    errorCount: v.number(),
    inputTokens: v.number(),
    outputTokens: v.number(),
    totalTokens: v.number(),
    totalCost: v.nullable(number('US dollars; null when no observation has a cost.')),
    costEstimated: v.boolean(),
    startMs: number('Unix milliseconds.'),
    lastActivityMs: number('Unix milliseconds: the latest start or end of an observation.'),
    revision: number('Grows with every change of the session.'),
  }),
) satisfies v.GenericSchema<SessionSummary>;

export const sessionPage = v.object({
  data: v.array(sessionSummary),
  nextCursor: v.nullable(string('Pass it as `cursor` for the next page; null on the last.')),
}) satisfies v.GenericSchema<Page<SessionSummary>>;
