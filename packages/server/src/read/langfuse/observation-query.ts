import { commaSeparated, text, time } from '../../routes/query.js';
import { readFilter, type WrittenCondition } from './filter-json.js';
import { OBSERVATION_COLUMNS } from './observation-columns.js';

/** The fields of a query that narrow a list of observations. */
export const NARROWING = {
  traceId: text('Only observations of this trace.'),
  sessionId: text('Only observations of this session.'),
  userId: text('Only observations of traces of this user.'),
  type: text('Only observations of this type, in any case.'),
  name: text('Only observations of this name.'),
  level: text('Only observations of this level, in any case.'),
  parentObservationId: text('Only the children of this observation.'),
  version: text('Only observations of this version.'),
  environment: commaSeparated('Only observations of these environments, separated by commas.'),
  fromStartTime: time('Only observations that start at or after this.'),
  toStartTime: time('Only observations that start before this.'),
  filter: text(
    `A JSON list of \`{ type, column, operator, value, key? }\`, which stands instead of the fields above. Answered are ${OBSERVATION_COLUMNS.answered}.`,
  ),
};

const TEXTS = ['traceId', 'sessionId', 'userId', 'type', 'name', 'level', 'parentObservationId', 'version'] as const;

type Narrowing = { readonly [F in (typeof TEXTS)[number] | 'filter']: string | undefined } & {
  readonly environment: readonly string[] | undefined;
  readonly fromStartTime: number | undefined;
  readonly toStartTime: number | undefined;
};

/** The conditions that a query states, in its filter or else in its fields. */
export function conditionsOf(fields: Narrowing): readonly WrittenCondition[] {
  if (fields.filter !== undefined) return readFilter(fields.filter);
  const { environment, fromStartTime, toStartTime } = fields;
  const startTime = (operator: string, ms: number | undefined): WrittenCondition[] =>
    ms === undefined ? [] : [{ type: 'datetime', column: 'startTime', operator, value: new Date(ms).toISOString() }];
  return [
    ...TEXTS.flatMap((column): WrittenCondition[] => {
      const value = fields[column];
      return value === undefined ? [] : [{ type: 'string', column, operator: '=', value }];
    }),
    ...(environment === undefined
      ? []
      : [{ type: 'stringOptions', column: 'environment', operator: 'any of', value: environment }]),
    ...startTime('>=', fromStartTime),
    ...startTime('<', toStartTime),
  ];
}
