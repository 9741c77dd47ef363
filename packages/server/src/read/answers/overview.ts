import type { Overview } from '@powerrag/protocol';
import * as v from 'valibot';
import { named, number, string } from '../../routes/schema.js';

const figures = {
  sessionCount: v.number(),
  userCount: v.number(),
  failedSessionCount: number('Sessions with an error.'),
  errorCount: v.number(),
  totalTokens: v.number(),
  totalCost: v.nullable(number('US dollars; null when none of the sessions has a cost.')),
  latencyP50Ms: v.nullable(number('Half of the traces took no longer than this, in milliseconds.')),
  latencyP95Ms: v.nullable(number('95 of 100 traces took no longer than this, in milliseconds.')),
};

const row = named(
  'OverviewRow',
  v.object({ value: string('What the sessions have in common: the text of a filter, or a day.'), ...figures }),
);

export const overview = v.object({
  total: named('OverviewFigures', v.object(figures)),
  days: v.pipe(
    v.array(row),
    v.description('By the day on which a session starts. Days without sessions are left out.'),
  ),
  models: v.pipe(v.array(row), v.description('The 20 with the most sessions.')),
  environments: v.array(row),
  tags: v.array(row),
  isExact: v.pipe(v.boolean(), v.description('False where only the latest of the sessions that match are counted.')),
  measuredTraceCount: number('Traces whose time is in the latencies.'),
}) satisfies v.GenericSchema<Overview>;
