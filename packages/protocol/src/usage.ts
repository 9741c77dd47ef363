/**
 * Reads the token counts of usage objects of any provider. The SDK and the server share it, so both count the same. Names are in
 * snake case; camel case reads the same. Lists of names are separated by spaces.
 */

/** What one side of a call, its input or its output, is called. */
interface SideNames {
  readonly prefix: 'input_' | 'output_';
  /** Names of the whole side. The first is ours and Langfuse's. */
  readonly wholes: string;
  /** Objects that hold parts of the side. */
  readonly details: string;
  readonly parts: readonly Part[];
}

/** One part of a side. Of the names in a list, the first that has a count is used: the others repeat it. */
type Part = readonly [
  /** The kind that is recorded, without the prefix of its side. */
  kind: string,
  /** Names in an object of details, where the count is a part of the whole. */
  inDetails: string,
  /** Names beside the whole of counts that the whole does not include: Anthropic, Bedrock, Gemini's thoughts. `+` adds counts up. */
  beside?: string,
  /** Names beside the whole of counts that the whole includes: AI SDK 5, Gemini, DeepSeek, Kimi, vLLM. */
  counted?: string,
];

const INPUT: SideNames = {
  prefix: 'input_',
  // Ours; OpenAI chat; OpenAI responses, Anthropic and the AI SDK; Gemini; Ollama.
  wholes: 'input prompt_tokens input_tokens prompt_token_count prompt_eval_count',
  // OpenAI's two APIs; AI SDK, LangChain and OpenAI realtime. Gemini lists modalities.
  details: 'prompt_tokens_details input_tokens_details input_token_details',
  parts: [
    [
      'cached_tokens',
      'cached_tokens cache_read_tokens cache_read',
      'cache_read_input_tokens cache_read_input_token_count',
      'cached_input_tokens cached_content_token_count prompt_cache_hit_tokens cached_tokens num_cached_tokens',
    ],
    [
      'cache_creation',
      'cache_write_tokens cache_creation_tokens cache_creation',
      'cache_creation_input_tokens cache_write_input_tokens cache_write_input_token_count ' +
        'cache_creation.ephemeral_5m_input_tokens+cache_creation.ephemeral_1h_input_tokens',
    ],
    ['audio_tokens', 'audio_tokens audio'],
    ['image_tokens', 'image_tokens image'],
    ['video_tokens', 'video_tokens video'],
    ['tool_use_tokens', '', 'tool_use_prompt_token_count'],
  ],
};

const OUTPUT: SideNames = {
  prefix: 'output_',
  // The same, and Gemini's live API.
  wholes: 'output completion_tokens output_tokens candidates_token_count response_token_count eval_count',
  details: 'completion_tokens_details output_tokens_details output_token_details candidates_tokens_details',
  parts: [
    ['reasoning_tokens', 'reasoning_tokens reasoning thinking_tokens', 'thoughts_token_count', 'reasoning_tokens'],
    ['audio_tokens', 'audio_tokens audio'],
    ['image_tokens', 'image_tokens image'],
    ['accepted_prediction_tokens', 'accepted_prediction_tokens'],
    ['rejected_prediction_tokens', 'rejected_prediction_tokens'],
  ],
};

const TOTAL = 'total total_tokens total_token_count';

/** Objects that hold the counts when the given object has none: Cohere, and results that were given whole. */
const INNER = 'tokens total_usage usage usage_metadata billed_units';

/** Numbers beside token counts that are something else: `web_search_requests`, `num_search_queries`, `queue_time`, `cost`. */
const NO_TOKENS = /(?:^|_)(?:requests?|quer(?:y|ies)|search(?:es)?|units|seconds|duration|time|ms|cost|price)$/;

/** A larger number is not a token count, and sums would no longer be exact. */
const MAX_COUNT = 1e12;

/** The counts of one side, its input or its output. */
interface Side {
  readonly whole?: number | undefined;
  /** By kind: counts that the whole includes, unless they do not fit in it or the total says otherwise. */
  readonly parts: ReadonlyMap<string, number>;
  /** By kind: counts that it does not include, unless the total says otherwise. */
  readonly beside: ReadonlyMap<string, number>;
}

export interface UsageCounts {
  readonly input: Side;
  readonly output: Side;
  readonly total?: number | undefined;
  /** Counts that belong to neither side. */
  readonly others: ReadonlyMap<string, number>;
}

/**
 * The token counts of a usage object by kind: `input` and `output` without their parts, each part as a kind of its own, and `total`
 * where one was given. Kinds do not overlap, so they add up to the total. Reading the result again gives the same result. Unknown
 * objects, such as `raw`, and numbers that do not count tokens are left out. Calls nothing of the object.
 */
export function usageByKind(usage: object): Record<string, number> | undefined {
  const counts = countsOf(usage);
  return counts && kindsOf(counts);
}

/** What a usage object counts; `undefined` where it has no token count. */
export function countsOf(usage: object): UsageCounts | undefined {
  const fields = fieldsOf(usage);
  const [inputName, outputName] = [INPUT, OUTPUT].map(({ wholes }) => {
    return namesIn(wholes).find((name) => countIn(fields, name) !== undefined);
  });
  const total = firstIn(fields, TOTAL);
  const isOurs = (inputName ?? 'input') === 'input' && (outputName ?? 'output') === 'output';
  const input = sideOf(fields, inputName, INPUT, isOurs);
  const output = sideOf(fields, outputName, OUTPUT, isOurs);
  const others = new Map<string, number>();
  const counts = { input, output, total, others };
  if (isOurs) {
    const known = [INPUT, OUTPUT].flatMap(({ wholes, parts }) => [
      wholes,
      ...parts.flatMap(([, , beside = '', counted = '']) => [beside, counted]),
    ]);
    const read = new Set(namesIn([TOTAL, ...known].join(' ')));
    for (const [name, value] of fields) {
      const count = countOf(value);
      if (count === undefined || read.has(name) || NO_TOKENS.test(name)) continue;
      const side = name.startsWith(INPUT.prefix) ? input.beside : name.startsWith(OUTPUT.prefix) && output.beside;
      (side || others).set(name, count);
    }
  }
  if ((inputName ?? outputName ?? total) !== undefined) return counts;
  const inner = namesIn(INNER)
    .map((name) => fields.get(name))
    .find((value) => typeof value === 'object' && value !== null);
  // Cohere counts cached tokens beside the others.
  const within = inner && countsOf({ cached_tokens: countIn(fields, 'cached_tokens'), ...inner });
  return within ?? (partsOf(counts).length > 0 ? counts : undefined);
}

/** Counts that do not overlap. A given total decides whether the wholes include their parts. */
export function kindsOf(counts: UsageCounts): Record<string, number> {
  const { input, output, total } = counts;
  const parts = partsOf(counts);
  const readings = restsOf(input).flatMap((i) => restsOf(output).map((o) => [i, o] as const));
  const confirmed = readings.find((rests) => sumOf(rests) + sumOf(parts.map(([, count]) => count)) === total);
  const [restIn = 0, restOut = 0] = confirmed ?? readings[0] ?? [];
  const kinds = new Map<string, number>();
  const add = (kind: string, count: number) => kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  if (input.whole !== undefined) add('input', restIn);
  if (output.whole !== undefined) add('output', restOut);
  for (const [kind, count] of parts) if (count > 0) add(kind, count);
  if (total !== undefined) {
    const counted = sumOf(kinds.values());
    if (total > counted) add('other', total - counted);
    kinds.set('total', Math.max(total, counted));
  }
  return Object.fromEntries(kinds);
}

/** All counts but the wholes and the total. */
function partsOf({ input, output, others }: UsageCounts): [string, number][] {
  return [input.parts, input.beside, output.parts, output.beside, others].flatMap((map) => [...map]);
}

/** What may be left of the whole without its parts, the likeliest first. */
function restsOf({ whole = 0, parts, beside }: Side): number[] {
  if (parts.size + beside.size === 0) return [whole];
  const rest = whole - sumOf(parts.values());
  const withoutAll = rest - sumOf(beside.values());
  return [...(rest >= 0 ? [rest] : []), whole, ...(withoutAll >= 0 ? [withoutAll] : [])];
}

function sideOf(
  fields: Fields,
  wholeName: string | undefined,
  { prefix, details, parts: table }: SideNames,
  isOurs: boolean,
) {
  const whole = wholeName === undefined ? undefined : countIn(fields, wholeName);
  const parts = new Map<string, number>();
  const beside = new Map<string, number>();
  for (const [kind, inDetails, besideNames = '', counted = ''] of table) {
    const paths = namesIn(details).flatMap((object) => namesIn(inDetails).map((name) => `${object}.${name}`));
    const included = firstIn(fields, paths.join(' ')) ?? (isOurs ? undefined : firstIn(fields, counted));
    const apart = firstIn(fields, isOurs ? `${besideNames} ${counted}` : besideNames);
    if (included !== undefined) parts.set(prefix + kind, included);
    // LiteLLM names the cache as Anthropic does, but includes it in `prompt_tokens`.
    else if (apart !== undefined) (wholeName === 'prompt_tokens' ? parts : beside).set(prefix + kind, apart);
  }
  // Parts that overlap, such as audio that was cached, are cut so that they add up to their whole at most. A single part that is
  // larger than the whole cannot be included in it and stays.
  let left = whole ?? Number.POSITIVE_INFINITY;
  if (Math.max(0, ...parts.values()) <= left) {
    for (const [kind, count] of parts) {
      parts.set(kind, Math.min(count, left));
      left -= Math.min(count, left);
    }
  }
  return { whole, parts, beside };
}

type Fields = ReadonlyMap<string, unknown>;

/** The own data properties, under their names in snake case. */
function fieldsOf(object: object): Fields {
  const fields = new Map<string, unknown>();
  for (const key of Object.keys(object)) {
    const name = (/[a-z]/.test(key) ? key.replace(/[A-Z]/g, '_$&') : key).toLowerCase();
    const value: unknown = Object.getOwnPropertyDescriptor(object, key)?.value;
    if (!fields.has(name)) fields.set(name, value);
  }
  return fields;
}

function namesIn(list: string): string[] {
  return list.split(' ').filter(Boolean);
}

/** The count under the first of these names that has one. */
function firstIn(fields: Fields, names: string): number | undefined {
  for (const name of namesIn(names)) {
    const count = countIn(fields, name);
    if (count !== undefined) return count;
  }
  return undefined;
}

/** The count of that name, of a name in a field (`field.name`), or the sum of several (`one+other`). */
function countIn(fields: Fields, name: string): number | undefined {
  return sumIfAny(
    name.split('+').map((path) => {
      const [field = '', inner] = path.split('.');
      const value = fields.get(field);
      return inner === undefined ? countOf(value) : countWithin(value, inner);
    }),
  );
}

/** In an object of details. A list has one for each modality (Gemini) or each request (OpenAI's agents). */
function countWithin(details: unknown, name: string): number | undefined {
  if (typeof details !== 'object' || details === null) return undefined;
  const fields = fieldsOf(details);
  if (!Array.isArray(details)) return countOf(fields.get(name));
  return sumIfAny(
    [...fields.values()].map((item) => {
      if (typeof item !== 'object' || item === null) return undefined;
      const of = fieldsOf(item);
      const modality = of.get('modality');
      const isModality = typeof modality === 'string' && modality.toLowerCase() === name;
      return countOf(of.get(isModality ? 'token_count' : name));
    }),
  );
}

/** A whole number of tokens, also where it came as text. */
function countOf(value: unknown): number | undefined {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof count === 'number' && count >= 0 && count <= MAX_COUNT ? Math.round(count) : undefined;
}

function sumIfAny(counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length > 0 ? sumOf(known) : undefined;
}

function sumOf(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
