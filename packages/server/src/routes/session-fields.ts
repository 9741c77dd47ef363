import {
  type MetadataCondition,
  NUMBER_FILTERS,
  type NumberRange,
  readMetadata,
  readScore,
  type ScoreCondition,
  SESSION_SORTS,
  type SessionFilter,
  SORT_ORDERS,
  TEXT_FILTERS,
  type TextFilterName,
  TIME_FILTERS,
  type TimeFilterName,
} from '@powerrag/protocol';
import { defined } from '../base/defined.js';
import { boolean, decimal, eachRead, oneOf, repeated, time } from './query.js';

const { duration, cost, tokens, turns, errors } = NUMBER_FILTERS;

/** The fields of a query that narrow a list of sessions. */
export const SESSION_FILTER_FIELDS = {
  userId: repeated(TEXT_FILTERS.userId.description),
  tag: repeated(TEXT_FILTERS.tag.description),
  environment: repeated(TEXT_FILTERS.environment.description),
  release: repeated(TEXT_FILTERS.release.description),
  version: repeated(TEXT_FILTERS.version.description),
  name: repeated(TEXT_FILTERS.name.description),
  model: repeated(TEXT_FILTERS.model.description),
  service: repeated(TEXT_FILTERS.service.description),
  conversationId: repeated(TEXT_FILTERS.conversationId.description),
  metadata: eachRead(
    'Only sessions with a trace that has this metadata, as `key=value`; all of them, when given more than once.',
    readMetadata,
    'must be a key, "=" and a value, such as plan=pro',
  ),
  score: eachRead(
    'Only sessions with this score on them or anything in them: `name`, `name=value` or `name=min..max`, where either end may be missing; all of them, when given more than once.',
    readScore,
    'must be a name, a name and a value or a name and a range, such as helpful=0.5..1',
  ),
  hasErrors: boolean('Only sessions with an error, or only those without.'),
  minDuration: atLeast(duration),
  maxDuration: atMost(duration),
  minCost: atLeast(cost),
  maxCost: atMost(cost),
  minTokens: atLeast(tokens),
  maxTokens: atMost(tokens),
  minTurns: atLeast(turns),
  maxTurns: atMost(turns),
  minErrors: atLeast(errors),
  maxErrors: atMost(errors),
  activeFrom: time(TIME_FILTERS.activeFrom.description),
  activeTo: time(TIME_FILTERS.activeTo.description),
  startedFrom: time(TIME_FILTERS.startedFrom.description),
  startedTo: time(TIME_FILTERS.startedTo.description),
};

/** The fields of a query that order it. */
export const SESSION_ORDER_FIELDS = {
  sort: oneOf(SESSION_SORTS, 'What the sessions are ordered by.'),
  order: oneOf(SORT_ORDERS, 'The greatest first, or the least.'),
};

type Texts = { readonly [K in TextFilterName]: readonly string[] | undefined };
type Times = { readonly [K in TimeFilterName]: number | undefined };

interface Numbers {
  readonly minDuration: number | undefined;
  readonly maxDuration: number | undefined;
  readonly minCost: number | undefined;
  readonly maxCost: number | undefined;
  readonly minTokens: number | undefined;
  readonly maxTokens: number | undefined;
  readonly minTurns: number | undefined;
  readonly maxTurns: number | undefined;
  readonly minErrors: number | undefined;
  readonly maxErrors: number | undefined;
}

interface Others {
  readonly metadata: readonly MetadataCondition[] | undefined;
  readonly score: readonly ScoreCondition[] | undefined;
  readonly hasErrors: boolean | undefined;
}

/** The filter that the fields of a query are. */
export function toSessionFilter(fields: Texts & Times & Numbers & Others): SessionFilter {
  const { userId, tag, environment, release, version, name, model, service, conversationId } = fields;
  const { activeFrom, activeTo, startedFrom, startedTo, metadata, score, hasErrors } = fields;
  return defined({
    ...{ userId, tag, environment, release, version, name, model, service, conversationId },
    ...{ activeFrom, activeTo, startedFrom, startedTo, metadata, score, hasErrors },
    duration: toRange(fields.minDuration, fields.maxDuration),
    cost: toRange(fields.minCost, fields.maxCost),
    tokens: toRange(fields.minTokens, fields.maxTokens),
    turns: toRange(fields.minTurns, fields.maxTurns),
    errors: toRange(fields.minErrors, fields.maxErrors),
  });
}

function toRange(min: number | undefined, max: number | undefined): NumberRange | undefined {
  return min === undefined && max === undefined ? undefined : defined({ min, max });
}

function atLeast({ what }: { readonly what: string }) {
  return decimal(`Only sessions with at least this ${what}.`);
}

function atMost({ what }: { readonly what: string }) {
  return decimal(`Only sessions with at most this ${what}.`);
}
