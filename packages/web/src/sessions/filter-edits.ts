import {
  type Facet,
  filterFromQuery,
  filterToQuery,
  NUMBER_FILTERS,
  type SessionFilter,
  TEXT_FILTERS,
  TIME_FILTERS,
} from '@powerrag/protocol';

/** One condition of a filter, as a query has it. */
export interface Condition {
  readonly name: string;
  readonly value: string;
}

export function conditionsOf(filter: SessionFilter): Condition[] {
  return filterToQuery(filter).map(([name, value]) => ({ name, value }));
}

export function hasCondition(filter: SessionFilter, { name, value }: Condition): boolean {
  return conditionsOf(filter).some((each) => each.name === name && each.value === value);
}

/** Adds a condition to the others; of a name that takes one value alone, it takes the place of the old one. */
export function withCondition(filter: SessionFilter, condition: Condition): SessionFilter {
  if (hasCondition(filter, condition)) return filter;
  const kept = conditionsOf(filter).filter(({ name }) => takesSeveral(name) || name !== condition.name);
  return fromConditions([...kept, condition]);
}

export function withoutCondition(filter: SessionFilter, { name, value }: Condition): SessionFilter {
  return fromConditions(conditionsOf(filter).filter((each) => each.name !== name || each.value !== value));
}

/** Sets or, with an empty value, takes away a condition that takes one value alone. */
export function withOnly(filter: SessionFilter, { name, value }: Condition): SessionFilter {
  const others = conditionsOf(filter).filter((each) => each.name !== name);
  return fromConditions(value === '' ? others : [...others, { name, value }]);
}

/** What a condition is called: `User`, `Cost from`. */
export function conditionLabel(name: string): string {
  return LABELS.get(name) ?? name;
}

/** What a facet is called. */
export const FACET_LABELS: Readonly<Record<Facet, string>> = {
  userId: TEXT_FILTERS.userId.label,
  tag: TEXT_FILTERS.tag.label,
  environment: TEXT_FILTERS.environment.label,
  release: TEXT_FILTERS.release.label,
  version: TEXT_FILTERS.version.label,
  name: TEXT_FILTERS.name.label,
  model: TEXT_FILTERS.model.label,
  service: TEXT_FILTERS.service.label,
  metadata: 'Metadata',
  score: 'Score',
  hasErrors: 'Errors',
};

const LABELS: ReadonlyMap<string, string> = new Map([
  ...Object.entries(TEXT_FILTERS).map(([name, { label }]) => [name, label] as const),
  ...Object.entries(TIME_FILTERS).map(([name, { label }]) => [name, label] as const),
  ...Object.values(NUMBER_FILTERS).flatMap(({ label, min, max }) => [
    [min, `${label} from`] as const,
    [max, `${label} to`] as const,
  ]),
  ['metadata', 'Metadata'],
  ['score', 'Score'],
  ['hasErrors', 'Errors'],
]);

function takesSeveral(name: string): boolean {
  return Object.hasOwn(TEXT_FILTERS, name) || name === 'metadata' || name === 'score';
}

function fromConditions(conditions: readonly Condition[]): SessionFilter {
  return filterFromQuery(conditions.map(({ name, value }) => [name, value] as const));
}
