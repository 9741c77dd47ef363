import {
  type MetadataCondition,
  NUMBER_FILTERS,
  type NumberFilterName,
  type NumberRange,
  type ScoreCondition,
  type SessionFilter,
  TEXT_FILTERS,
  type TextFilterName,
  TIME_FILTERS,
  type TimeFilterName,
} from './session-filter.js';

/** The filter as fields of a query, for `/api/v1/sessions` and for the address of the list. */
export function filterToQuery(filter: SessionFilter): [name: string, value: string][] {
  const query: [string, string][] = [];
  for (const name of keysOf(TEXT_FILTERS)) for (const value of filter[name] ?? []) query.push([name, value]);
  for (const condition of filter.metadata ?? []) query.push(['metadata', metadataText(condition)]);
  for (const condition of filter.score ?? []) query.push(['score', scoreText(condition)]);
  if (filter.hasErrors !== undefined) query.push(['hasErrors', String(filter.hasErrors)]);
  for (const name of keysOf(NUMBER_FILTERS)) {
    const { min, max } = filter[name] ?? {};
    if (min !== undefined) query.push([NUMBER_FILTERS[name].min, String(min)]);
    if (max !== undefined) query.push([NUMBER_FILTERS[name].max, String(max)]);
  }
  for (const name of keysOf(TIME_FILTERS)) {
    const ms = filter[name];
    if (ms !== undefined) query.push([name, new Date(ms).toISOString()]);
  }
  return query;
}

/** The filter in a query. Fields that it does not know, that are empty or that cannot be read are left out. */
export function filterFromQuery(query: Iterable<readonly [string, string]>): SessionFilter {
  const fields = new Map<string, string[]>();
  for (const [name, value] of query) if (value !== '') fields.set(name, [...(fields.get(name) ?? []), value]);
  const given = (name: string) => fields.get(name) ?? [];
  const filter: { -readonly [K in keyof SessionFilter]: SessionFilter[K] } = {};
  for (const name of keysOf(TEXT_FILTERS)) if (given(name).length > 0) filter[name] = given(name);
  const metadata = given('metadata').flatMap((text) => readMetadata(text) ?? []);
  if (metadata.length > 0) filter.metadata = metadata;
  const score = given('score').flatMap((text) => readScore(text) ?? []);
  if (score.length > 0) filter.score = score;
  const hasErrors = given('hasErrors').at(-1);
  if (hasErrors === 'true' || hasErrors === 'false') filter.hasErrors = hasErrors === 'true';
  for (const name of keysOf(NUMBER_FILTERS)) {
    const range = toRange(given(NUMBER_FILTERS[name].min).at(-1), given(NUMBER_FILTERS[name].max).at(-1));
    if (range !== null) filter[name] = range;
  }
  for (const name of keysOf(TIME_FILTERS)) {
    const ms = Date.parse(given(name).at(-1) ?? '');
    if (!Number.isNaN(ms)) filter[name] = ms;
  }
  return filter;
}

/** `key=value`; a `=` or `%` in the key is percent-encoded. */
export function metadataText({ key, value }: MetadataCondition): string {
  return `${encodeName(key)}=${value}`;
}

/** Null for a text without a key and a `=`. */
export function readMetadata(text: string): MetadataCondition | null {
  const at = text.indexOf('=');
  return at < 1 ? null : { key: decodeName(text.slice(0, at)), value: text.slice(at + 1) };
}

/** `name`, `name=value` or `name=min..max`, where either end may be missing; a `=` or `%` in the name is percent-encoded. */
export function scoreText({ name, value, min, max }: ScoreCondition): string {
  if (value !== undefined) return `${encodeName(name)}=${value}`;
  if (min === undefined && max === undefined) return encodeName(name);
  return `${encodeName(name)}=${min ?? ''}..${max ?? ''}`;
}

/** Null for a text without a name. */
export function readScore(text: string): ScoreCondition | null {
  const at = text.indexOf('=');
  const name = decodeName(at === -1 ? text : text.slice(0, at));
  if (name === '') return null;
  if (at === -1) return { name };
  const value = text.slice(at + 1);
  const [min = '', max = '', ...rest] = value.split('..');
  const range = value.includes('..') && rest.length === 0 ? toRange(min || undefined, max || undefined) : null;
  return range === null ? { name, value } : { name, ...range };
}

/** Null for a text that is not a finite decimal number. */
export function readNumber(text: string): number | null {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : null;
}

/** Null where neither is given or one of them is not a number. */
function toRange(min: string | undefined, max: string | undefined): NumberRange | null {
  const [from, to] = [min, max].map((text) => (text === undefined ? undefined : readNumber(text)));
  if (from === null || to === null || (from === undefined && to === undefined)) return null;
  return { ...(from !== undefined && { min: from }), ...(to !== undefined && { max: to }) };
}

function encodeName(text: string): string {
  return text.replace(/[%=]/g, encodeURIComponent);
}

function decodeName(text: string): string {
  return text.replace(/%25|%3D/gi, decodeURIComponent);
}

function keysOf<T extends TextFilterName | NumberFilterName | TimeFilterName>(of: Readonly<Record<T, unknown>>): T[] {
  return Object.keys(of) as T[];
}
