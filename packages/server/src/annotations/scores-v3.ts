import { Hono } from 'hono';
import { defined } from '../base/defined.js';
import { badRequest } from '../base/http-errors.js';
import { toObservationId, toTraceId } from '../observation/foreign-id.js';
import { toScoreV3 } from '../read/langfuse/score.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { commaSeparated, decimal, integer, query, quote, someOf, text, time } from '../routes/query.js';
import type { AnnotationPlace, AnnotationQuery, Annotations } from '../store/annotations.js';
import { scoresV3Answer } from './schemas.js';
import { ABSENT, DATA_TYPES, SOURCES } from './score-fields.js';

const GROUPS = ['details', 'subject', 'annotation'] as const;

const FIELDS = {
  ...ABSENT,
  experimentId: ABSENT.queueId,
  limit: integer('Items on a page.', { min: 1, max: 100, otherwise: 50 }),
  cursor: text('`meta.cursor` of the page before.'),
  fields: someOf(GROUPS, 'The groups of fields beside the core, separated by commas. Default: none.'),
  id: commaSeparated('Only the scores of these ids, separated by commas.'),
  name: commaSeparated('Only scores of these names.'),
  source: commaSeparated(`Only scores from these: ${SOURCES.join(', ')}, in any case.`),
  dataType: commaSeparated(`Only scores of these types: ${DATA_TYPES.join(', ')}, in any case.`),
  environment: commaSeparated('Only scores of these environments.'),
  authorUserId: commaSeparated('Only scores of these people.'),
  value: commaSeparated('Only scores with one of these values. Needs one `dataType`.'),
  valueMin: decimal('Only scores with at least this number. Needs `dataType=NUMERIC`.'),
  valueMax: decimal('Only scores with at most this number. Needs `dataType=NUMERIC`.'),
  traceId: commaSeparated('Only scores on these traces. Not with `sessionId`.'),
  sessionId: commaSeparated('Only scores on these sessions. Not with `traceId`.'),
  observationId: commaSeparated('Only scores on these observations. Needs `traceId`.'),
  fromTimestamp: time('Only scores from this time on.'),
  toTimestamp: time('Only scores before this time.'),
};

/** `GET /v3/scores` of the Langfuse API: by a cursor, with values of the type that a score has. */
export function createScoresV3(annotations: Annotations): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  api.get(
    '/',
    operation({ summary: 'List scores by a cursor, latest first', tag: 'annotations', answer: scoresV3Answer }),
    requireRight('read'),
    query(FIELDS),
    async (context) => {
      const { projectId } = context.var.principal;
      const { limit, cursor, fromTimestamp: fromMs, toTimestamp: toMs, ...given } = context.req.valid('query');
      const groups = context.req.query('fields') ? given.fields : new Set<(typeof GROUPS)[number]>();
      const { annotations: found } = await annotations.listAnnotations(projectId, {
        ...{ kind: 'score', limit: limit + 1, offset: 0 },
        ...defined({ fromMs, toMs, after: cursor === undefined ? undefined : readCursor(cursor) }),
        ...narrowed(given),
      });
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      const next = found.length > limit && last !== undefined ? { cursor: writeCursor(last) } : {};
      return context.json({
        data: shown.map((score) => toScoreV3(score, projectId, groups)),
        meta: { limit, ...next },
      });
    },
  );
  return api;
}

type Texts = readonly string[] | undefined;

interface Given {
  readonly id: Texts;
  readonly name: Texts;
  readonly source: Texts;
  readonly dataType: Texts;
  readonly environment: Texts;
  readonly authorUserId: Texts;
  readonly value: Texts;
  readonly valueMin: number | undefined;
  readonly valueMax: number | undefined;
  readonly traceId: Texts;
  readonly sessionId: Texts;
  readonly observationId: Texts;
}

function narrowed(given: Given): Pick<AnnotationQuery, 'anyOf' | 'anyValueOf' | 'value'> {
  const { traceId, sessionId, observationId, valueMin, valueMax } = given;
  if (sessionId !== undefined && traceId !== undefined)
    throw badRequest('sessionId goes without traceId; send one of them.');
  if (observationId !== undefined && traceId === undefined) {
    throw badRequest('observationId needs traceId: ids of observations belong to a trace.');
  }
  const dataTypes = namesOf('dataType', given.dataType, DATA_TYPES);
  const isNumeric = dataTypes?.length === 1 && dataTypes[0] === 'NUMERIC';
  if ((valueMin !== undefined || valueMax !== undefined) && !isNumeric) {
    throw badRequest('valueMin and valueMax need dataType=NUMERIC.');
  }
  const { numbers, texts } = valuesOf(given.value, dataTypes);
  return defined({
    anyOf: defined({
      ...{ id: given.id, name: given.name, environment: given.environment, authorUserId: given.authorUserId },
      ...{ sessionId, traceId: traceId?.map(toTraceId), observationId: observationId?.map(toObservationId) },
      ...{ origin: namesOf('source', given.source, SOURCES), dataType: dataTypes, stringValue: texts },
    }),
    anyValueOf: numbers,
    value: [
      ...(valueMin === undefined ? [] : [{ operator: '>=' as const, value: valueMin }]),
      ...(valueMax === undefined ? [] : [{ operator: '<=' as const, value: valueMax }]),
    ],
  });
}

/** Values as scores of the type hold them. Throws a 400. */
function valuesOf(
  values: Texts,
  dataTypes: Texts,
): { readonly numbers?: readonly number[]; readonly texts?: readonly string[] } {
  if (values === undefined) return {};
  const [dataType, ...others] = dataTypes ?? [];
  if (dataType === undefined || others.length > 0)
    throw badRequest(`value needs one dataType of ${DATA_TYPES.join(', ')}.`);
  if (dataType === 'CATEGORICAL') return { texts: values };
  return { numbers: values.map((value) => (dataType === 'BOOLEAN' ? toBoolean(value) : toNumber(value))) };
}

function toBoolean(value: string): number {
  if (value === 'true') return 1;
  if (value === 'false') return 0;
  throw badRequest(`value must be true or false where dataType is BOOLEAN, got ${quote(value)}.`);
}

function toNumber(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number)) return number;
  throw badRequest(`value must be a number where dataType is NUMERIC, got ${quote(value)}.`);
}

/** Names in any case. Throws a 400 for one that is not known. */
function namesOf(field: string, given: Texts, known: readonly string[]): Texts {
  return given?.map((name) => {
    const found = known.find((each) => each === name.toUpperCase());
    if (found === undefined) throw badRequest(`${field} must be some of ${known.join(', ')}, got ${quote(name)}.`);
    return found;
  });
}

function writeCursor({ timeMs, id }: AnnotationPlace): string {
  return Buffer.from(JSON.stringify([timeMs, id])).toString('base64url');
}

function readCursor(cursor: string): AnnotationPlace {
  try {
    const [timeMs, id, ...more] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (typeof timeMs === 'number' && typeof id === 'string' && more.length === 0) return { timeMs, id };
  } catch {
    // Not JSON, or no list: reported below, like a list of something else.
  }
  throw badRequest(`cursor must be the meta.cursor of the page before, got ${quote(cursor)}.`);
}
