import {
  type Json,
  SpanAttributeKeys as Keys,
  OBSERVATION_LEVELS,
  OBSERVATION_TYPES,
  type ObservationLevel,
  type ObservationType,
} from '@powerrag/protocol';
import { instantAt } from './first-token.js';
import {
  bodyAt,
  encodedTextAt,
  firstOf,
  isObject,
  numberOf,
  parseJson,
  type Rule,
  type SpanReader,
  textAt,
  withoutQuotes,
} from './span-reader.js';
import { countsOf, usageFrom } from './usage.js';

/** The keys that Langfuse SDKs and ours write. They are meant for a server like this one, so they go before all others. */

const GENERATION_KEYS = [
  Keys.observationModel,
  Keys.observationModelParameters,
  Keys.observationUsageDetails,
  Keys.observationCostDetails,
  Keys.observationCompletionStartTime,
];

/** Python SDKs before 3.3 call a generation a span; what only a generation has gives it away. */
export const type: Rule<ObservationType> = (span) => {
  const known = span.choice(Keys.observationType, OBSERVATION_TYPES);
  return known === 'span' && GENERATION_KEYS.some((key) => span.has(key)) ? 'generation' : known;
};

/** The type of a span that names none. */
export const typeByKeys: Rule<ObservationType> = (span) =>
  GENERATION_KEYS.some((key) => span.has(key)) ? 'generation' : undefined;

/** The application named the span itself. */
export const name: Rule<string> = (span) => (span.has(Keys.observationType) ? span.span.name : undefined);

export const userId = textAt('langfuse.user.id', Keys.userId);
/** Metadata is JSON in newer SDKs, and text as it is in older ones. */
export const userIdInMetadata = encodedTextAt(
  `${Keys.observationMetadata}.langfuse_user_id`,
  `${Keys.traceMetadata}.langfuse_user_id`,
);
export const tags: Rule<readonly string[]> = firstOf(
  ...[
    Keys.traceTags,
    'langfuse.tags',
    `${Keys.observationMetadata}.langfuse_tags`,
    `${Keys.traceMetadata}.langfuse_tags`,
  ].map(
    (key): Rule<readonly string[]> =>
      (span) =>
        span.list(key),
  ),
);
export const environment = textAt(Keys.environment);
export const release = textAt(Keys.release);
export const version = textAt(Keys.version);
export const traceName = textAt(Keys.traceName);
export const traceInput = bodyAt(Keys.traceInput);
export const traceOutput = bodyAt(Keys.traceOutput);

export const isPublic: Rule<boolean> = (span) => {
  const value = span.peek(Keys.tracePublic);
  if (value !== true && value !== false && value !== 'true' && value !== 'false') return undefined;
  span.claim(Keys.tracePublic);
  return value === true || value === 'true';
};

export const model = textAt(Keys.observationModel);
export const modelParameters: Rule<Readonly<Record<string, Json>>> = (span) =>
  span.object(Keys.observationModelParameters);

/** Longer than this, token counts and costs are something else, and kept as metadata. */
const MAX_DETAILS_LENGTH = 1_048_576;

export const usage: Rule<Readonly<Record<string, number>>> = (span) => {
  const given = span.object(Keys.observationUsageDetails, MAX_DETAILS_LENGTH);
  return given && usageFrom(countsOf(given));
};

export const cost: Rule<Readonly<Record<string, number>>> = (span) => {
  const given = span.object(Keys.observationCostDetails, MAX_DETAILS_LENGTH);
  if (given === undefined) return undefined;
  const parts = new Map<string, number>();
  for (const [name, value] of Object.entries(given)) {
    const amount = numberOf(value);
    if (amount !== undefined) parts.set(name, amount);
  }
  if (parts.size === 0) return undefined;
  if (!parts.has('total'))
    parts.set(
      'total',
      [...parts.values()].reduce((sum, amount) => sum + amount, 0),
    );
  return Object.fromEntries(parts);
};

export const firstTokenMs = instantAt(Keys.observationCompletionStartTime);

export const prompt: Rule<{ readonly name: string; readonly version: number | null }> = (span) => {
  const name = span.text(Keys.observationPromptName);
  return name === undefined ? undefined : { name, version: span.number(Keys.observationPromptVersion) ?? null };
};

export const level: Rule<ObservationLevel> = (span) => span.choice(Keys.observationLevel, OBSERVATION_LEVELS);
export const statusMessage = textAt(Keys.observationStatusMessage);
export const input = bodyAt(Keys.observationInput);
export const output = bodyAt(Keys.observationOutput);

export function metadata(span: SpanReader): [string, Json][] {
  return [...bare(span, Keys.observationMetadata), ...span.takeUnder(`${Keys.observationMetadata}.`)];
}

export function traceMetadata(span: SpanReader): [string, Json][] {
  return [
    ...bare(span, Keys.traceMetadata),
    ...span.takeUnder(`${Keys.traceMetadata}.`),
    ...span.takeUnder('langfuse.metadata.'),
  ].map(([key, value]) => [key, withoutQuotes(value) ?? value]);
}

/** Entries that are read of metadata in one object; ingest keeps no more than half as many. */
const MAX_ENTRIES = 2_000;

/** Metadata under the bare key: its entries when it is an object after all, else one entry named `metadata`. */
function bare(span: SpanReader, key: string): [string, Json][] {
  const value = span.peek(key);
  if (value === undefined) return [];
  span.claim(key);
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (!isObject(parsed)) return [['metadata', value]];
  const entries: [string, Json][] = [];
  for (const name of Object.keys(parsed)) {
    if (entries.length === MAX_ENTRIES) break;
    entries.push([name, parsed[name] ?? null]);
  }
  return entries;
}
