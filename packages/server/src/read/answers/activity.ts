import type { SessionActivity } from '@powerrag/protocol';
import * as v from 'valibot';
import { named, number, string } from '../../routes/schema.js';

/** A `SessionActivity`, as the OpenAPI document describes it. */
const sessionActivity = named(
  'SessionActivity',
  v.object({
    sessionId: v.string(),
    activity: v.pipe(
      v.array(v.number()),
      v.description(
        'What was recorded in equal stretches from start to last activity, as parts of the busiest (0 to 1). Empty without a duration.',
      ),
    ),
    errors: v.pipe(v.array(v.number()), v.description('The errors in each, on the same scale.')),
    scores: v.pipe(
      v.array(
        v.object({
          name: v.string(),
          dataType: v.nullable(v.picklist(['NUMERIC', 'BOOLEAN', 'CATEGORICAL'])),
          value: v.nullable(number('The mean of those that are numbers or booleans.')),
          stringValue: v.nullable(string('The latest, where it is a category.')),
          count: number('How many scores have this name.'),
        }),
      ),
      v.description('Scores on the session and on all in it, by name; 20 names at most.'),
    ),
    commentCount: v.number(),
  }),
) satisfies v.GenericSchema<SessionActivity>;

export const sessionActivities = v.object({ data: v.array(sessionActivity) });
