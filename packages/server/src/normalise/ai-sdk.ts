import type { Json, ObservationType } from '@powerrag/protocol';
import { MAX_WAIT_MS } from './bounds.js';
import {
  bodyAt,
  countAt,
  countOf,
  countUpTo,
  encodedTextAt,
  firstOf,
  isObject,
  parseJson,
  type Rule,
  type SpanReader,
  sameText,
  textAt,
  textOf,
} from './span-reader.js';
import { knownCounts, usageFrom } from './usage.js';

/**
 * The telemetry of the Vercel AI SDK (`ai.*`): what versions 4 to 6 write, and version 7 on request. By default version 7
 * writes the GenAI conventions.
 *
 * One call of the application is an outer span (`ai.generateText`) around one inner span for each call of the model
 * (`ai.generateText.doGenerate`) and each tool. The outer one repeats the tokens of the inner ones; it is a chain.
 */

export const type: Rule<ObservationType> = (span) => {
  const operation = operationOf(span);
  if (operation === undefined) return undefined;
  if (/\.do(?:Generate|Stream)$/.test(operation)) return 'generation';
  if (operation.endsWith('.doEmbed')) return 'embedding';
  if (operation.endsWith('.doRerank')) return 'retriever';
  return operation === 'ai.toolCall' ? 'tool' : 'chain';
};

/** `operation.name` is the operation and, where the application gave one, the name of its function. */
function operationOf(span: SpanReader): string | undefined {
  const operation = textOf(span.peek('ai.operationId')) ?? textOf(span.peek('operation.name'))?.split(' ')[0];
  return operation?.startsWith('ai.') ? operation : undefined;
}

export const userId = encodedTextAt(
  'ai.telemetry.metadata.userId',
  'ai.telemetry.metadata.user.id',
  'ai.telemetry.metadata.user_id',
  'ai.telemetry.metadata.resourceId',
  'ai.settings.context.userId',
);
export const tags: Rule<readonly string[]> = (span) => span.list('ai.telemetry.metadata.tags');
export const METADATA_PREFIXES = ['ai.telemetry.metadata.', 'ai.settings.context.'];

/** A tool's name, or that of the function that the application gave with its call. Inner calls keep their own. */
export const name: Rule<string> = (span) => {
  const kind = type(span);
  if (kind === 'tool') return span.text('ai.toolCall.name');
  return kind === 'chain' ? span.text('ai.telemetry.functionId') : undefined;
};

export const model = textAt('ai.response.model', 'ai.model.id');
export const provider = textAt('ai.model.provider');

export const modelParameters: Rule<Readonly<Record<string, Json>>> = (span) => {
  const settings = span.takeUnder('ai.settings.', { except: 'ai.settings.context.' });
  return settings.length === 0 ? undefined : Object.fromEntries(settings);
};

export const msToFirstToken = countUpTo(MAX_WAIT_MS, 'ai.response.msToFirstChunk', 'ai.stream.msToFirstChunk');

export const prompt: Rule<{ readonly name: string; readonly version: number | null }> = (span) => {
  const value = span.peek('ai.telemetry.metadata.langfusePrompt');
  const given = typeof value === 'string' ? parseJson(value) : value;
  const name = isObject(given) ? textOf(given.name) : undefined;
  if (!isObject(given) || name === undefined) return undefined;
  span.claim('ai.telemetry.metadata.langfusePrompt');
  return { name, version: countOf(given.version) ?? null };
};

export const input = firstOf(
  bodyAt('ai.prompt.messages', 'ai.prompt', 'ai.toolCall.args', 'ai.value'),
  (span) => span.bodies('ai.values'),
  (span) => span.bodies('ai.documents'),
);

export const output = firstOf(
  answer('ai.response'),
  answer('ai.result'),
  bodyAt('ai.response.object', 'ai.result.object', 'ai.toolCall.result', 'ai.embedding'),
  (span) => span.bodies('ai.embeddings'),
  (span) => span.bodies('ai.ranking'),
);

/** The text alone where there is nothing else, else a message in the SDK's own form. */
function answer(prefix: string): Rule<string> {
  return (span) => {
    const calls = toolCalls(span, `${prefix}.toolCalls`);
    const reasoning = span.text(`${prefix}.reasoning`);
    const text = span.body(`${prefix}.text`);
    if (calls.length === 0 && reasoning === undefined) return text;
    const content: Json[] = [];
    if (reasoning !== undefined) content.push({ type: 'reasoning', text: reasoning });
    if (text) content.push({ type: 'text', text });
    return JSON.stringify({ role: 'assistant', content: [...content, ...calls] });
  };
}

function toolCalls(span: SpanReader, key: string): Json[] {
  const value = span.peek(key);
  const calls = typeof value === 'string' ? parseJson(value) : undefined;
  if (!Array.isArray(calls) || !calls.every(isObject)) return [];
  span.claim(key);
  return calls.map((call) => ({ ...call, type: 'tool-call' }));
}

const count = (...names: readonly string[]) => countAt(...names.map((name) => `ai.usage.${name}`));
const counts = {
  input: count('inputTokens', 'promptTokens', 'tokens'),
  output: count('outputTokens', 'completionTokens'),
  total: count('totalTokens'),
  // The same counts under the names of version 5 and, from version 6 on, under those of details as well.
  cached: count('cachedInputTokens'),
  cachedDetail: count('inputTokenDetails.cacheReadTokens'),
  written: count('inputTokenDetails.cacheWriteTokens'),
  reasoning: count('reasoningTokens'),
  reasoningDetail: count('outputTokenDetails.reasoningTokens'),
  // What is left of the input and the output without the details.
  uncached: count('inputTokenDetails.noCacheTokens'),
  text: count('outputTokenDetails.textTokens'),
};

export const usage: Rule<Readonly<Record<string, number>>> = (span) => {
  if (operationOf(span) === undefined) return undefined;
  counts.uncached(span);
  counts.text(span);
  const [cached, cachedDetail] = [counts.cached(span), counts.cachedDetail(span)];
  const [reasoning, reasoningDetail] = [counts.reasoning(span), counts.reasoningDetail(span)];
  const input = counts.input(span);
  const by = ofProvider(span, input);
  const beside = cachedDetail === undefined && by.isBeside;
  const total = counts.total(span);
  const inputParts = knownCounts({
    input_cached_tokens: cachedDetail ?? cached ?? by.cached,
    input_cache_creation: counts.written(span) ?? by.written,
  });
  return usageFrom({
    input,
    output: counts.output(span),
    total: beside ? undefined : total,
    inputParts: beside ? new Map() : inputParts,
    outputParts: knownCounts({ output_reasoning_tokens: reasoningDetail ?? reasoning ?? by.reasoning }),
    others: beside ? inputParts : new Map(),
  });
};

interface ProviderCounts {
  readonly cached?: number | undefined;
  readonly written?: number | undefined;
  readonly reasoning?: number | undefined;
  /** Whether the input leaves out what was read from and written to the cache. */
  readonly isBeside: boolean;
}

/** What the SDK left to its providers to say, before it had names of its own for it. */
function ofProvider(span: SpanReader, input: number | undefined): ProviderCounts {
  const value = span.peek('ai.response.providerMetadata');
  const metadata = typeof value === 'string' ? parseJson(value) : undefined;
  if (!isObject(metadata)) return { isBeside: false };
  const { openai, anthropic } = metadata;
  if (isObject(anthropic)) return ofAnthropic(anthropic, input);
  if (!isObject(openai)) return { isBeside: false };
  return { cached: countOf(openai.cachedPromptTokens), reasoning: countOf(openai.reasoningTokens), isBeside: false };
}

/** Anthropic itself counts the cache beside the input. So did its provider before version 3, which came with version 6 of the SDK. */
function ofAnthropic(anthropic: Readonly<Record<string, Json>>, input: number | undefined): ProviderCounts {
  const raw = isObject(anthropic.usage) ? anthropic.usage : {};
  const rawInput = countOf(raw.input_tokens);
  return {
    cached: countOf(anthropic.cacheReadInputTokens) ?? countOf(raw.cache_read_input_tokens),
    written: countOf(anthropic.cacheCreationInputTokens) ?? countOf(raw.cache_creation_input_tokens),
    isBeside: rawInput === undefined || rawInput === input,
  };
}

/** What the SDK writes a second time under a key of another convention, and the keys that say it first. */
const COPIES: readonly (readonly [copy: string, ...of: readonly string[]])[] = [
  ['resource.name', 'ai.telemetry.functionId'],
  ['gen_ai.system', 'ai.model.provider'],
  ['gen_ai.request.model', 'ai.model.id'],
  ['gen_ai.request.frequency_penalty', 'ai.settings.frequencyPenalty'],
  ['gen_ai.request.max_tokens', 'ai.settings.maxOutputTokens', 'ai.settings.maxTokens'],
  ['gen_ai.request.presence_penalty', 'ai.settings.presencePenalty'],
  ['gen_ai.request.stop_sequences', 'ai.settings.stopSequences'],
  ['gen_ai.request.temperature', 'ai.settings.temperature'],
  ['gen_ai.request.top_k', 'ai.settings.topK'],
  ['gen_ai.request.top_p', 'ai.settings.topP'],
  ['gen_ai.response.finish_reasons', 'ai.response.finishReason'],
  ['gen_ai.response.id', 'ai.response.id'],
  ['gen_ai.response.model', 'ai.response.model'],
  ['gen_ai.usage.input_tokens', 'ai.usage.inputTokens', 'ai.usage.promptTokens'],
  ['gen_ai.usage.output_tokens', 'ai.usage.outputTokens', 'ai.usage.completionTokens'],
];

/** Claims what the SDK wrote twice, so that it is shown once. */
export function claimCopies(span: SpanReader): void {
  const operation = operationOf(span);
  if (operation === undefined) return;
  if (textOf(span.peek('operation.name'))?.split(' ')[0] === operation) span.claim('operation.name');
  for (const [copy, ...originals] of COPIES) {
    if (originals.some((original) => sameText(span.peek(copy), span.peek(original)))) span.claim(copy);
  }
}
