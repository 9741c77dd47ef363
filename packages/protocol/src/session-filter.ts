/**
 * What a list of sessions can be narrowed to and ordered by, as data: query parameters, the API document, SQL and the controls of
 * the page are made from these tables. The names are those of the query parameters.
 */

/** Filters on texts that the traces of a session have. */
export interface TextFilter {
  readonly label: string;
  /** A session needs one of several values, or all of them; not all on the same trace. */
  readonly needs: 'one' | 'all';
  readonly description: string;
}

export const TEXT_FILTERS = {
  userId: { label: 'User', needs: 'one', description: 'Only sessions with a trace of one of these users.' },
  tag: { label: 'Tag', needs: 'all', description: 'Only sessions that have all of these tags.' },
  environment: { label: 'Environment', needs: 'one', description: 'Only sessions of these environments.' },
  release: { label: 'Release', needs: 'one', description: 'Only sessions with a trace of one of these releases.' },
  version: { label: 'Version', needs: 'one', description: 'Only sessions with a trace of one of these versions.' },
  name: { label: 'Trace name', needs: 'one', description: 'Only sessions with a trace of one of these names.' },
  model: { label: 'Model', needs: 'one', description: 'Only sessions in which one of these models was called.' },
  service: { label: 'Service', needs: 'one', description: 'Only sessions in which one of these services took part.' },
  conversationId: {
    label: 'Conversation id',
    needs: 'one',
    description: 'Only sessions with a trace in which this other session or conversation id was seen.',
  },
} as const satisfies Record<string, TextFilter>;

export type TextFilterName = keyof typeof TEXT_FILTERS;

/** Filters on numbers of a session. The parameters are `min…` and `max…`, both inclusive. */
export interface NumberFilter {
  readonly label: string;
  readonly min: string;
  readonly max: string;
  /** Completes "at least this …". */
  readonly what: string;
}

export const NUMBER_FILTERS = {
  duration: { label: 'Duration', min: 'minDuration', max: 'maxDuration', what: 'duration, in milliseconds' },
  cost: {
    label: 'Cost',
    min: 'minCost',
    max: 'maxCost',
    what: 'total cost, in US dollars; never those without a cost',
  },
  tokens: { label: 'Tokens', min: 'minTokens', max: 'maxTokens', what: 'total of tokens' },
  turns: { label: 'Turns', min: 'minTurns', max: 'maxTurns', what: 'number of turns' },
  errors: { label: 'Errors', min: 'minErrors', max: 'maxErrors', what: 'number of observations with an error' },
} as const satisfies Record<string, NumberFilter>;

export type NumberFilterName = keyof typeof NUMBER_FILTERS;

/** Filters on times, as Unix milliseconds here and as ISO 8601 in a query. `…From` is inclusive, `…To` is not. */
export const TIME_FILTERS = {
  activeFrom: { label: 'Active from', description: 'Only sessions whose last activity is at or after this.' },
  activeTo: { label: 'Active until', description: 'Only sessions whose last activity is before this.' },
  startedFrom: { label: 'Started from', description: 'Only sessions that start at or after this.' },
  startedTo: { label: 'Started until', description: 'Only sessions that start before this.' },
} as const;

export type TimeFilterName = keyof typeof TIME_FILTERS;

/** Both ends inclusive; a missing one is open. */
export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
}

/** A session has a score of this name, on itself or anything in it, that has the value and is in the range. */
export interface ScoreCondition extends NumberRange {
  readonly name: string;
  /** A category, or a number in decimal. */
  readonly value?: string;
}

/** A trace of the session has this metadata: a text as it is, a number or a boolean in JSON. */
export interface MetadataCondition {
  readonly key: string;
  readonly value: string;
}

/** Sessions that match every field. An empty list is not a condition. */
export type SessionFilter = {
  readonly [K in TextFilterName]?: readonly string[];
} & {
  readonly [K in NumberFilterName]?: NumberRange;
} & {
  readonly [K in TimeFilterName]?: number;
} & {
  readonly hasErrors?: boolean;
  /** All of them. */
  readonly score?: readonly ScoreCondition[];
  /** All of them. */
  readonly metadata?: readonly MetadataCondition[];
};

/** What a list of sessions can be ordered by. Sessions that are equal in it are ordered by id, in the same direction. */
export const SESSION_SORTS = ['lastActivity', 'start', 'duration', 'cost', 'tokens', 'errors', 'turns'] as const;

/** A session without a cost is ordered as one that cost nothing. */
export type SessionSort = (typeof SESSION_SORTS)[number];

export const SORT_ORDERS = ['desc', 'asc'] as const;

export type SortOrder = (typeof SORT_ORDERS)[number];

/** What sessions can be counted by. */
export const FACETS = [
  ...['userId', 'tag', 'environment', 'release', 'version', 'name', 'model', 'service', 'metadata', 'score'],
  'hasErrors',
] as const;

export type Facet = (typeof FACETS)[number];
