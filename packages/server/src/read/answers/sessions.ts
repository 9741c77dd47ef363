import type {
  BoundedCount,
  FacetCounts,
  Page,
  SessionDetails,
  SessionFacets,
  SessionNeighbours,
  SessionSummary,
} from '@powerrag/protocol';
import * as v from 'valibot';
import { named, number, string } from '../../routes/schema.js';

/** What a `SessionSummary` has, as the OpenAPI document describes it. */
const summaryFields = {
  id: v.string(),
  name: v.nullable(
    string('A given title, else the first question: one line of at most 200 characters. Null where it has neither.'),
  ),
  lastAnswer: v.nullable(string('The first line of the last answer, at most 200 characters.')),
  turnCount: number('Turns of its traces, each read by itself.'),
  userIds: v.pipe(v.array(v.string()), v.description('Every user of its traces, most recent first.')),
  environment: v.nullable(v.string()),
  tags: v.array(v.string()),
  models: v.pipe(v.array(v.string()), v.description('The models that were called.')),
  services: v.pipe(v.array(v.string()), v.description('The services that took part.')),
  traceCount: v.number(),
  observationCount: v.number(),
  errorCount: v.number(),
  inputTokens: v.number(),
  outputTokens: v.number(),
  totalTokens: v.number(),
  totalCost: v.nullable(number('US dollars; null when no observation has a cost.')),
  costEstimated: v.boolean(),
  startMs: number('Unix milliseconds.'),
  lastActivityMs: number(
    'Unix milliseconds: the latest start or end of an observation, or when the session was last stored, if that is earlier.',
  ),
  revision: number('Grows with every change of the session.'),
};

export const sessionSummary = named(
  'SessionSummary',
  v.object(summaryFields),
) satisfies v.GenericSchema<SessionSummary>;

export const sessionDetails = named(
  'SessionDetails',
  v.object({ ...summaryFields, scoreCount: number('Scores on it and on anything in it; counted to 10,000.') }),
) satisfies v.GenericSchema<SessionDetails>;

export const sessionPage = v.object({
  data: v.array(sessionSummary),
  nextCursor: v.nullable(string('Pass it as `cursor` for the next page; null on the last.')),
}) satisfies v.GenericSchema<Page<SessionSummary>>;

export const sessionCount = v.object({
  count: number('How many sessions match; at least, where `isExact` is false.'),
  isExact: v.boolean(),
}) satisfies v.GenericSchema<BoundedCount>;

export const sessionNeighbours = v.object({
  previous: v.nullable(string('The session before it in the list.')),
  next: v.nullable(string('The session after it in the list.')),
}) satisfies v.GenericSchema<SessionNeighbours>;

const facetCounts = named(
  'FacetCounts',
  v.object({
    values: v.array(
      v.object({
        value: string(
          'As a query has it: `key=value` of metadata, the name of a score, `true` or `false` of `hasErrors`.',
        ),
        count: number('How many sessions have it.'),
      }),
    ),
    isExact: v.pipe(
      v.boolean(),
      v.description(
        'False where only the latest of the sessions that match were counted: each count is what there is at least.',
      ),
    ),
  }),
) satisfies v.GenericSchema<FacetCounts>;

export const sessionFacets = v.object({
  userId: v.optional(facetCounts),
  tag: v.optional(facetCounts),
  environment: v.optional(facetCounts),
  release: v.optional(facetCounts),
  version: v.optional(facetCounts),
  name: v.optional(facetCounts),
  model: v.optional(facetCounts),
  service: v.optional(facetCounts),
  metadata: v.optional(facetCounts),
  score: v.optional(facetCounts),
  hasErrors: v.optional(facetCounts),
}) satisfies v.GenericSchema<{ [K in keyof SessionFacets]?: SessionFacets[K] | undefined }>;
