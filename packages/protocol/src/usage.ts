/**
 * How token counts are named, by whom, and which of them are parts of others. The SDK and the server read usage objects by these
 * tables, so that both count the same. Names are in snake case; those in camel case read the same.
 */

/** Everything that went in, by: ours and Langfuse, OpenAI chat, responses and Anthropic and the AI SDK, Gemini, Ollama. */
const INPUT = ['input', 'prompt_tokens', 'input_tokens', 'prompt_token_count', 'prompt_eval_count'];
/** Everything that came out, by the same, and by Gemini's live API. */
const OUTPUT = [
  'output',
  'completion_tokens',
  'output_tokens',
  'candidates_token_count',
  'response_token_count',
  'eval_count',
];
const TOTAL = ['total', 'total_tokens', 'total_token_count'];

/** Objects with parts of the input: OpenAI's two APIs, AI SDK and LangChain and OpenAI realtime; Gemini lists modalities. */
const INPUT_DETAILS = ['prompt_tokens_details', 'input_tokens_details', 'input_token_details'];
const OUTPUT_DETAILS = [
  'completion_tokens_details',
  'output_tokens_details',
  'output_token_details',
  'candidates_tokens_details',
];

/** One part, under the kind that is recorded, with its names; the first that is there counts, since others say the same again. */
interface Part {
  readonly kind: string;
  /** In an object of details, where it is a part of the whole. */
  readonly inDetails: readonly string[];
  /** Beside the whole in the same object, and yet counted in it: AI SDK 5, Gemini, DeepSeek, Kimi, vLLM. */
  readonly counted?: readonly string[];
  /** Beside the whole and not counted in it: Anthropic and Bedrock, Gemini's thoughts. Joined by `+` where the sum says the same. */
  readonly beside?: readonly string[];
}

const INPUT_PARTS: readonly Part[] = [
  {
    kind: 'input_cached_tokens',
    inDetails: ['cached_tokens', 'cache_read_tokens', 'cache_read'],
    counted: [
      'cached_input_tokens',
      'cached_content_token_count',
      'prompt_cache_hit_tokens',
      'cached_tokens',
      'num_cached_tokens',
    ],
    beside: ['cache_read_input_tokens', 'cache_read_input_token_count'],
  },
  {
    kind: 'input_cache_creation',
    inDetails: ['cache_write_tokens', 'cache_creation_tokens', 'cache_creation'],
    beside: [
      'cache_creation_input_tokens',
      'cache_write_input_tokens',
      'cache_write_input_token_count',
      'cache_creation.ephemeral_5m_input_tokens+cache_creation.ephemeral_1h_input_tokens',
    ],
  },
  { kind: 'input_audio_tokens', inDetails: ['audio_tokens', 'audio'] },
  { kind: 'input_image_tokens', inDetails: ['image_tokens', 'image'] },
  { kind: 'input_video_tokens', inDetails: ['video_tokens', 'video'] },
  { kind: 'input_tool_use_tokens', inDetails: [], beside: ['tool_use_prompt_token_count'] },
];

const OUTPUT_PARTS: readonly Part[] = [
  {
    kind: 'output_reasoning_tokens',
    inDetails: ['reasoning_tokens', 'reasoning', 'thinking_tokens'],
    counted: ['reasoning_tokens'],
    beside: ['thoughts_token_count'],
  },
  { kind: 'output_audio_tokens', inDetails: ['audio_tokens', 'audio'] },
  { kind: 'output_image_tokens', inDetails: ['image_tokens', 'image'] },
  { kind: 'output_accepted_prediction_tokens', inDetails: ['accepted_prediction_tokens'] },
  { kind: 'output_rejected_prediction_tokens', inDetails: ['rejected_prediction_tokens'] },
];

/** Where the counts are when the object itself has none: Cohere, and results that were given whole. */
const INNER = ['tokens', 'total_usage', 'usage', 'usage_metadata', 'billed_units'];

/** Numbers that come with token counts and are none: `web_search_requests`, `num_search_queries`, `queue_time`, `cost`. */
const NO_TOKENS = /(?:^|_)(?:requests?|quer(?:y|ies)|search(?:es)?|units|seconds|duration|time|ms|cost|price)$/;

/** Above this a number is no count of tokens, and sums would no longer be exact. */
const MOST = 1e12;

/** The counts of one side, its input or its output. */
interface Side {
  readonly whole?: number | undefined;
  /** By kind: those that are counted in the whole, unless they cannot be or the total says otherwise. */
  readonly parts: ReadonlyMap<string, number>;
  /** By kind: those that are not, unless the total says otherwise. */
  readonly beside: ReadonlyMap<string, number>;
}

export interface UsageCounts {
  readonly input: Side;
  readonly output: Side;
  readonly total?: number | undefined;
  /** Counts that belong to neither. */
  readonly others: ReadonlyMap<string, number>;
}

/**
 * The token counts of a usage object by kind: `input` and `output` without their parts, each part as a kind of its own, and `total`
 * where one was given. Kinds do not overlap, so they add up to the total; read again, they are the same. Objects that are not known,
 * such as `raw`, and numbers that count something else than tokens are left out. Runs nothing of the object.
 */
export function usageByKind(usage: object): Record<string, number> | undefined {
  const counts = countsOf(usage);
  return counts && kindsOf(counts);
}

/** What a usage object counts, told apart by the tables; `undefined` where it has no count. */
export function countsOf(usage: object): UsageCounts | undefined {
  const fields = fieldsOf(usage);
  const inputName = INPUT.find((name) => countIn(fields, name) !== undefined);
  const outputName = OUTPUT.find((name) => countIn(fields, name) !== undefined);
  const total = firstIn(fields, TOTAL);
  const isOurs = (inputName ?? 'input') === 'input' && (outputName ?? 'output') === 'output';
  const input = sideOf(fields, inputName, INPUT_PARTS, INPUT_DETAILS, isOurs);
  const output = sideOf(fields, outputName, OUTPUT_PARTS, OUTPUT_DETAILS, isOurs);
  const others = new Map<string, number>();
  const isPart = (name: string) =>
    [...INPUT_PARTS, ...OUTPUT_PARTS].some(({ counted, beside }) => {
      return counted?.includes(name) || beside?.includes(name);
    });
  for (const [name, value] of isOurs ? fields : []) {
    const count = countOf(value);
    if (count === undefined || [...INPUT, ...OUTPUT, ...TOTAL].includes(name) || isPart(name)) continue;
    if (NO_TOKENS.test(name)) continue;
    if (name.startsWith('input_')) input.beside.set(name, count);
    else if (name.startsWith('output_')) output.beside.set(name, count);
    else others.set(name, count);
  }
  const sizes = [input.parts, input.beside, output.parts, output.beside, others].map(({ size }) => size);
  if ((inputName ?? outputName ?? total) !== undefined || sizes.some((size) => size > 0)) {
    return { input, output, total, others };
  }
  const inner = INNER.map((name) => fields.get(name)).find((value) => typeof value === 'object' && value !== null);
  return inner ? countsOf(inner) : undefined;
}

/** Counts that do not overlap. A given total decides whether parts are counted in their whole. */
export function kindsOf({ input, output, total, others }: UsageCounts): Record<string, number> {
  const readings = restsOf(input).flatMap((i) => restsOf(output).map((o) => [i, o] as const));
  const fixed = [input.parts, input.beside, output.parts, output.beside, others].reduce(
    (sum, map) => sum + sumOf(map),
    0,
  );
  const confirmed = readings.find(([i, o]) => i + o + fixed === total);
  const [restIn, restOut] = confirmed ?? readings[0] ?? [0, 0];
  const kinds = new Map<string, number>();
  if (input.whole !== undefined) kinds.set('input', restIn);
  if (output.whole !== undefined) kinds.set('output', restOut);
  for (const [kind, count] of [input.parts, input.beside, output.parts, output.beside, others].flatMap((map) => [
    ...map,
  ])) {
    if (count > 0) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  }
  if (total !== undefined) {
    const counted = sumOf(kinds);
    if (total > counted) kinds.set('other', (kinds.get('other') ?? 0) + total - counted);
    kinds.set('total', Math.max(total, counted));
  }
  return Object.fromEntries(kinds);
}

/** What may be left of the whole without its parts, the likeliest first. */
function restsOf({ whole = 0, parts, beside }: Side): number[] {
  const inner = sumOf(parts);
  const likely = inner <= whole ? [whole - inner, whole] : [whole];
  const all = whole - inner - sumOf(beside);
  return all >= 0 ? [...likely, all] : likely;
}

function sideOf(
  fields: Fields,
  wholeName: string | undefined,
  table: readonly Part[],
  detailNames: readonly string[],
  isOurs: boolean,
): { whole: number | undefined; parts: Map<string, number>; beside: Map<string, number> } {
  const whole = wholeName === undefined ? undefined : countIn(fields, wholeName);
  const parts = new Map<string, number>();
  const beside = new Map<string, number>();
  // LiteLLM names the cache as Anthropic does, but has it in `prompt_tokens`.
  const isCounted = wholeName === 'prompt_tokens';
  for (const { kind, inDetails, counted = [], beside: names = [] } of table) {
    const inside = firstIn(
      fields,
      detailNames.flatMap((details) => inDetails.map((name) => `${details}.${name}`)),
    );
    const named = inside ?? (isOurs ? undefined : firstIn(fields, counted));
    const apart = firstIn(fields, isOurs ? [...names, ...counted] : names);
    if (named !== undefined) parts.set(kind, named);
    else if (apart !== undefined) (isCounted ? parts : beside).set(kind, apart);
  }
  return { whole, parts: whole === undefined ? parts : fitting(parts, whole), beside };
}

/**
 * Parts that overlap, such as audio that was cached, are cut so that they add up to their whole at most. A part that is larger than
 * the whole by itself cannot be counted in it and stays.
 */
function fitting(parts: Map<string, number>, whole: number): Map<string, number> {
  if (Math.max(0, ...parts.values()) > whole) return parts;
  let left = whole;
  for (const [kind, count] of parts) {
    parts.set(kind, Math.min(count, left));
    left -= Math.min(count, left);
  }
  return parts;
}

type Fields = ReadonlyMap<string, unknown>;

/** The own data properties, under their names in snake case. */
function fieldsOf(object: object): Fields {
  const fields = new Map<string, unknown>();
  for (const key of Object.keys(object)) {
    const name = /[a-z]/.test(key) ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key.toLowerCase();
    const value: unknown = Object.getOwnPropertyDescriptor(object, key)?.value;
    if (!fields.has(name)) fields.set(name, value);
  }
  return fields;
}

function firstIn(fields: Fields, names: readonly string[]): number | undefined {
  for (const name of names) {
    const count = countIn(fields, name);
    if (count !== undefined) return count;
  }
  return undefined;
}

/** The count of that name, of a name in a field (`field.name`), or the sum of several (`one+other`). */
function countIn(fields: Fields, name: string): number | undefined {
  const counts = name.split('+').flatMap((path) => {
    const [field = '', inner] = path.split('.');
    const value = fields.get(field);
    return (inner === undefined ? countOf(value) : countWithin(value, inner)) ?? [];
  });
  return counts.length > 0 ? counts.reduce((sum, count) => sum + count) : undefined;
}

/** In an object of details; a list has one for each modality (Gemini) or each request (OpenAI's agents). */
function countWithin(details: unknown, name: string): number | undefined {
  if (typeof details !== 'object' || details === null) return undefined;
  const fields = fieldsOf(details);
  if (!Array.isArray(details)) return countOf(fields.get(name));
  const counts = [...fields.values()].flatMap((item) => {
    if (typeof item !== 'object' || item === null) return [];
    const of = fieldsOf(item);
    const modality = of.get('modality');
    const isModality = typeof modality === 'string' && modality.toLowerCase() === name;
    return countOf(isModality ? of.get('token_count') : of.get(name)) ?? [];
  });
  return counts.length > 0 ? counts.reduce((sum, count) => sum + count) : undefined;
}

/** A whole number of tokens, also where it came as text. */
function countOf(value: unknown): number | undefined {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof count === 'number' && count >= 0 && count <= MOST ? Math.round(count) : undefined;
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}
