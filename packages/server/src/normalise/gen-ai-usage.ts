import { countAt, firstOf, type Rule } from './span-reader.js';
import { countsOf, usageFrom } from './usage.js';

/**
 * Token counts of the GenAI conventions (`gen_ai.usage.*`). Instrumentations disagree on the names of the parts: those of the
 * conventions come first, then those that copy a provider's, then details by modality (`details.*` is Pydantic AI's).
 */
const count = (...names: readonly string[]) => countAt(...names.map((name) => `gen_ai.usage.${name}`));

const counts = {
  input: firstOf(
    count('input_tokens', 'prompt_tokens'),
    // Before `gen_ai.usage.*`: Semantic Kernel for .NET.
    countAt('gen_ai.response.prompt_tokens', 'llm.usage.prompt_tokens'),
  ),
  output: firstOf(
    count('output_tokens', 'completion_tokens'),
    countAt('gen_ai.response.completion_tokens', 'llm.usage.completion_tokens'),
  ),
  total: firstOf(count('total_tokens'), countAt('llm.usage.total_tokens')),
};

const INPUT_PARTS = Object.entries({
  input_cached_tokens: count(
    'cache_read.input_tokens',
    'cache_read_input_tokens',
    'cache_read_tokens',
    'cached_input_tokens',
    'cached_tokens',
    'input_tokens.cached',
    'input_cached_tokens',
    'prompt_details.cache_read',
    'input_token_details.cache_read',
    'prompt_tokens_details.cached_tokens',
    'input_tokens_details.cached_tokens',
    'details.cache_read_tokens',
    'details.cache_read_input_tokens',
    'details.cached_content_tokens',
    'experimental.cached_tokens',
  ),
  input_cache_creation: count(
    'cache_creation.input_tokens',
    'cache_creation_input_tokens',
    'cache_write.input_tokens',
    'cache_write_input_tokens',
    'cache_write_tokens',
    'cache_creation_tokens',
    'input_tokens.cache_write',
    'prompt_details.cache_write',
    'input_token_details.cache_creation',
    'details.cache_write_tokens',
    'details.cache_creation_input_tokens',
  ),
  input_audio_tokens: count(
    'audio.input_tokens',
    'input_audio_tokens',
    'prompt_details.audio',
    'input_token_details.audio',
    'prompt_tokens_details.audio_tokens',
    'details.input_audio_tokens',
    'details.audio_prompt_tokens',
  ),
  input_image_tokens: count(
    'image.input_tokens',
    'input_image_tokens',
    'prompt_details.image',
    'details.image_prompt_tokens',
  ),
  input_video_tokens: count(
    'video.input_tokens',
    'input_video_tokens',
    'prompt_details.video',
    'details.video_prompt_tokens',
  ),
});

const OUTPUT_PARTS = Object.entries({
  output_reasoning_tokens: count(
    'reasoning.output_tokens',
    'reasoning_output_tokens',
    'reasoning_tokens',
    'output_tokens.reasoning',
    'output_reasoning_tokens',
    'completion_details.reasoning',
    'output_token_details.reasoning',
    'completion_tokens_details.reasoning_tokens',
    'output_tokens_details.reasoning_tokens',
    'details.reasoning_tokens',
    'details.thoughts_tokens',
    'experimental.reasoning_tokens',
  ),
  output_audio_tokens: count(
    'audio.output_tokens',
    'output_audio_tokens',
    'completion_details.audio',
    'output_token_details.audio',
    'completion_tokens_details.audio_tokens',
    'details.output_audio_tokens',
    'details.audio_candidates_tokens',
  ),
  output_image_tokens: count('output_image_tokens', 'completion_details.image', 'details.image_candidates_tokens'),
});

/**
 * Scopes that copy Bedrock's counts, whose input is without what was cached, and no total: the conventions have it within. Source:
 * Bedrock's `TokenUsage`, and what the instrumentation of botocore 0.66b2 sends of it.
 */
const CACHE_BESIDE: ReadonlySet<string> = new Set(['opentelemetry.instrumentation.botocore.bedrock-runtime']);

/** The counts as the provider sent them, beside those of the conventions, which have fewer parts: Logfire's. */
const raw: Rule<Readonly<Record<string, number>>> = (span) => {
  const counts = span.peek('gen_ai.usage.raw') === undefined ? undefined : span.object('gen_ai.usage.raw', MAX_RAW);
  return counts && usageFrom(countsOf(counts));
};

/** Characters of counts. */
const MAX_RAW = 20_000;

export const usage: Rule<Readonly<Record<string, number>>> = (span) => {
  if (!span.mentions('gen_ai') && !span.mentions('llm')) return undefined;
  const named = namedUsage(span);
  const sent = raw(span);
  // Of a stream they may be those of its beginning.
  return sent !== undefined && (sent.total ?? 0) >= (named?.total ?? 0) ? sent : named;
};

const namedUsage: Rule<Readonly<Record<string, number>>> = (span) => {
  const read = (parts: readonly (readonly [kind: string, Rule<number>])[]) => {
    const counts = new Map<string, number>();
    for (const [kind, rule] of parts) {
      const count = rule(span);
      if (count !== undefined) counts.set(kind, count);
    }
    return counts;
  };
  const inputParts = read(INPUT_PARTS);
  const isBeside = inputParts.size > 0 && CACHE_BESIDE.has(span.span.scope.name);
  return usageFrom({
    input: counts.input(span),
    output: counts.output(span),
    total: counts.total(span),
    inputParts: isBeside ? new Map() : inputParts,
    outputParts: read(OUTPUT_PARTS),
    ...(isBeside && { inputBeside: inputParts }),
  });
};
