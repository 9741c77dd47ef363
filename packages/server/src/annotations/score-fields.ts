import { defined } from '../base/defined.js';
import { badRequest } from '../base/http-errors.js';
import { toObservationId, toTraceId } from '../observation/foreign-id.js';
import { readFilter, type WrittenCondition } from '../read/langfuse/filter-json.js';
import { PAGING } from '../read/langfuse/paging.js';
import { commaSeparated, decimal, optionalOneOf, repeated, someOf, text, time, unsupported } from '../routes/query.js';
import { type AnnotationQuery, VALUE_OPERATORS } from '../store/annotations.js';
import { SCORE_COLUMNS } from './score-columns.js';

export const SOURCES = ['API', 'EVAL', 'ANNOTATION'] as const;
export const DATA_TYPES = ['NUMERIC', 'BOOLEAN', 'CATEGORICAL'] as const;

/** What the Langfuse API has and this server does not. */
const NONE_OF = 'scores here come from no configuration, queue or dataset run';
export const ABSENT = {
  configId: unsupported(NONE_OF),
  queueId: unsupported(NONE_OF),
};

/** The fields of a query of scores in the versions of the Langfuse API that have pages. */
export const SCORE_FIELDS = {
  ...PAGING,
  ...ABSENT,
  datasetRunId: unsupported(NONE_OF),
  scoreIds: commaSeparated('Only the scores of these ids, separated by commas.'),
  sessionId: text('Only scores on this session.'),
  traceId: text('Only scores on this trace.'),
  observationId: commaSeparated('Only scores on these observations, separated by commas.'),
  name: text('Only scores of this name.'),
  source: optionalOneOf(SOURCES, 'Only scores that a program, an evaluator or a person gave.'),
  dataType: optionalOneOf(DATA_TYPES, 'Only scores of this type.'),
  environment: commaSeparated('Only scores of these environments, separated by commas.'),
  operator: optionalOneOf(VALUE_OPERATORS, 'How the number of a score compares with `value`.'),
  value: decimal('The number that `operator` compares with.'),
  fromTimestamp: time('Only scores from this time on.'),
  toTimestamp: time('Only scores before this time.'),
  userId: text('Only scores on traces of this user, and on their observations.'),
  traceTags: repeated('Only scores on traces with all of these tags, and on their observations.'),
  fields: someOf(
    ['score', 'trace'],
    'What to give, separated by commas: the score is always there, `trace` says of its trace.',
  ),
  filter: text(
    `A JSON list of \`{ type, column, operator, value, key? }\`, all of which a score must meet. Answered are ${SCORE_COLUMNS.answered}.`,
  ),
};

interface Given {
  readonly scoreIds: readonly string[] | undefined;
  readonly sessionId: string | undefined;
  readonly traceId: string | undefined;
  readonly observationId: readonly string[] | undefined;
  readonly name: string | undefined;
  readonly source: string | undefined;
  readonly dataType: string | undefined;
  readonly environment: readonly string[] | undefined;
  readonly operator: (typeof VALUE_OPERATORS)[number] | undefined;
  readonly value: number | undefined;
  readonly fromTimestamp: number | undefined;
  readonly toTimestamp: number | undefined;
  readonly userId: string | undefined;
  readonly traceTags: readonly string[] | undefined;
  readonly filter: string | undefined;
}

export type Narrowed = Omit<AnnotationQuery, 'kind' | 'limit' | 'offset'>;

/** What the store is asked for, and what is left to look at each score for. Throws a 400. */
export function toScoreQuery(given: Given): {
  readonly narrowed: Narrowed;
  readonly rest: readonly WrittenCondition[];
} {
  const { operator, value, userId, traceTags, filter } = given;
  if ((operator === undefined) !== (value === undefined)) {
    throw badRequest(`${operator === undefined ? 'value needs operator' : 'operator needs value'}; send both.`);
  }
  return {
    narrowed: defined({
      anyOf: defined({
        id: given.scoreIds,
        sessionId: one(given.sessionId),
        traceId: one(given.traceId)?.map(toTraceId),
        observationId: given.observationId?.map(toObservationId),
        name: one(given.name),
        origin: one(given.source),
        dataType: one(given.dataType),
        environment: given.environment,
      }),
      value: operator === undefined || value === undefined ? undefined : [{ operator, value }],
      fromMs: given.fromTimestamp,
      toMs: given.toTimestamp,
    }),
    rest: [
      ...(userId === undefined ? [] : [{ type: 'string', column: 'userId', operator: '=', value: userId }]),
      ...(traceTags === undefined
        ? []
        : [{ type: 'arrayOptions', column: 'tags', operator: 'all of', value: traceTags }]),
      ...(filter === undefined ? [] : readFilter(filter)),
    ],
  };
}

function one(value: string | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : [value];
}
