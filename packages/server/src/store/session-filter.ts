import {
  type Facet,
  type MetadataCondition,
  metadataText,
  type NumberFilterName,
  type NumberRange,
  readNumber,
  type ScoreCondition,
  type SessionFilter,
  type SessionSort,
  type SortOrder,
  TEXT_FILTERS,
  type TextFilterName,
} from '@powerrag/protocol';
import type { Annotation } from './annotations.js';
import type { StoredSession } from './contract.js';
import type { FindableText, TextKind } from './findable-texts.js';
import { dollarsToNano } from './totals.js';

export type { SessionFilter } from '@powerrag/protocol';

/** `countSessions` counts this far. */
export const MAX_COUNT = 1_000;

/** The sessions that facets are counted over. */
export const MAX_FACET_SESSIONS = 1_000;

export interface SessionOrder {
  /** Default `lastActivity`. */
  readonly sort?: SessionSort;
  /** Default `desc`: the greatest first. Sessions that are equal are ordered by id, in the same direction. */
  readonly order?: SortOrder;
}

export interface FacetQuery {
  readonly filter: SessionFilter;
  readonly facets: readonly Facet[];
  /** Values of each. */
  readonly limit: number;
}

/** The texts that a filter asks for: of each inner list a session needs one. */
export function textsOfFilter(filter: SessionFilter): FindableText[][] {
  const needed: FindableText[][] = [];
  for (const [name, { needs }] of Object.entries(TEXT_FILTERS)) {
    const kind = name as TextFilterName;
    const texts = (filter[kind] ?? []).map((value) => ({ kind, value }));
    if (needs === 'all') needed.push(...texts.map((text) => [text]));
    else if (texts.length > 0) needed.push(texts);
  }
  for (const condition of filter.metadata ?? []) needed.push([metadataOf(condition)]);
  return needed;
}

function metadataOf(condition: MetadataCondition): FindableText {
  return { kind: 'metadata', value: metadataText(condition) };
}

/** The columns of numbers that a session is filtered by, each with its range in the unit in which it is kept. */
export function rangesOf(
  filter: SessionFilter,
): [column: NumberFilterName | 'lastActivity' | 'start', range: StoredRange][] {
  const { duration, cost, tokens, turns, errors, hasErrors } = filter;
  const ranges: [NumberFilterName | 'lastActivity' | 'start', StoredRange][] = [];
  const add = (name: NumberFilterName, range: NumberRange | undefined) => {
    if (range !== undefined && (range.min !== undefined || range.max !== undefined)) ranges.push([name, range]);
  };
  add('duration', duration);
  add('cost', cost && { ...nano('min', cost.min), ...nano('max', cost.max) });
  add('tokens', tokens);
  add('turns', turns);
  add('errors', errors);
  if (hasErrors !== undefined) add('errors', hasErrors ? { min: 1 } : { max: 0 });
  const { activeFrom, activeTo, startedFrom, startedTo } = filter;
  if (activeFrom !== undefined || activeTo !== undefined) ranges.push(['lastActivity', times(activeFrom, activeTo)]);
  if (startedFrom !== undefined || startedTo !== undefined) ranges.push(['start', times(startedFrom, startedTo)]);
  return ranges;
}

/** `min` and `max` inclusive, `below` exclusive. */
export interface StoredRange extends NumberRange {
  readonly below?: number;
}

function nano(end: 'min' | 'max', dollars: number | undefined): NumberRange {
  return dollars === undefined ? {} : { [end]: dollarsToNano(dollars) };
}

function times(from: number | undefined, to: number | undefined): StoredRange {
  return { ...(from !== undefined && { min: from }), ...(to !== undefined && { below: to }) };
}

/** What a filter looks at in a session. */
export interface SessionFacts {
  readonly session: StoredSession;
  readonly costNano: number;
  readonly hasCost: boolean;
  /** By kind. */
  readonly texts: ReadonlyMap<TextKind, ReadonlySet<string>>;
  readonly scores: readonly Annotation[];
}

export function sessionMatches(facts: SessionFacts, filter: SessionFilter): boolean {
  return (
    textsOfFilter(filter).every((needed) => needed.some(({ kind, value }) => facts.texts.get(kind)?.has(value))) &&
    rangesOf(filter).every(
      ([column, range]) => isWithin(sortValue(facts, column), range) && (column !== 'cost' || facts.hasCost),
    ) &&
    (filter.score ?? []).every((condition) => facts.scores.some((score) => scoreMatches(score, condition)))
  );
}

/** The number that a session is ordered and filtered by: costs in billionths of a US dollar, times in milliseconds. */
export function sortValue({ session, costNano }: SessionFacts, sort: SessionSort): number {
  switch (sort) {
    case 'lastActivity':
      return session.lastActivityMs;
    case 'start':
      return session.startMs;
    case 'duration':
      return session.lastActivityMs - session.startMs;
    case 'cost':
      return costNano;
    case 'tokens':
      return session.totalTokens;
    case 'errors':
      return session.errorCount;
    case 'turns':
      return session.turnCount;
  }
}

function isWithin(value: number, { min, max, below }: StoredRange): boolean {
  return (
    (min === undefined || value >= min) && (max === undefined || value <= max) && (below === undefined || value < below)
  );
}

function scoreMatches(score: Annotation, { name, value, min, max }: ScoreCondition): boolean {
  if (score.name !== name) return false;
  if (value !== undefined && score.stringValue !== value && (score.value === null || score.value !== readNumber(value)))
    return false;
  if (min === undefined && max === undefined) return true;
  return (
    score.value !== null &&
    isWithin(score.value, { ...(min !== undefined && { min }), ...(max !== undefined && { max }) })
  );
}

/** The filter under which a facet is counted: without its own values, where one of several is enough. */
export function filterForFacet(filter: SessionFilter, facet: Facet): SessionFilter {
  const isRequired =
    facet === 'metadata' || facet === 'score' || (facet !== 'hasErrors' && TEXT_FILTERS[facet].needs === 'all');
  if (isRequired) return filter;
  const { [facet]: _, ...others } = filter;
  return others;
}
