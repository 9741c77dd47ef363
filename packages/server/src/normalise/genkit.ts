import type { Json, ObservationType } from '@powerrag/protocol';
import { bodyAt, countOf, isObject, parseJson, type Rule, type SpanReader } from './span-reader.js';
import { type Counts, countsOf, knownCounts, usageFrom } from './usage.js';

/**
 * Firebase Genkit (`genkit:*`), whose actions write what went in and came out as JSON. The subtype says what an action is; the
 * name of a model has its plugin in front: `openai/gpt-4o-mini`.
 */

const TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['model', 'generation'],
  ['background-model', 'generation'],
  ['flow', 'chain'],
  ['prompt', 'span'],
  ['tool', 'tool'],
  ['tool.v2', 'tool'],
  ['agent', 'agent'],
  ['retriever', 'retriever'],
  ['reranker', 'retriever'],
  ['embedder', 'embedding'],
  ['evaluator', 'evaluator'],
]);

export const type: Rule<ObservationType> = (span) =>
  span.lookUp('genkit:metadata:subtype', TYPES) ?? (span.peek('genkit:type') === 'util' ? 'chain' : undefined);

export const model: Rule<string> = (span) => nameOf(span)?.slice((nameOf(span)?.indexOf('/') ?? -1) + 1);

export const provider: Rule<string> = (span) => {
  const name = nameOf(span);
  return name?.includes('/') ? name.slice(0, name.indexOf('/')) : undefined;
};

function nameOf(span: SpanReader): string | undefined {
  const called = TYPES.get(String(span.peek('genkit:metadata:subtype')));
  return called === 'generation' || called === 'embedding' ? span.text('genkit:name') : undefined;
}

export const usage: Rule<Readonly<Record<string, number>>> = (span) => {
  const output = span.peek('genkit:output');
  const held = typeof output === 'string' ? parseJson(output) : output;
  const counts = usageIn(held);
  if (counts === undefined || nameOf(span) === undefined) return undefined;
  return usageFrom(
    countsOfProvider(held, counts) ?? {
      input: countOf(counts.inputTokens),
      output: countOf(counts.outputTokens),
      total: countOf(counts.totalTokens),
      inputParts: knownCounts({ input_cached_tokens: countOf(counts.cachedContentTokens) }),
      outputParts: knownCounts({ output_reasoning_tokens: countOf(counts.thoughtsTokens) }),
    },
  );
};

/** Plugins of providers like OpenAI's tell the parts in the whole answer alone. Undefined where its wholes are others. */
function countsOfProvider(output: Json | undefined, counts: Readonly<Record<string, Json>>): Counts | undefined {
  const usage = isObject(output) ? usageIn(output.raw) : undefined;
  const found = usage === undefined ? undefined : countsOf(usage);
  const isSame = found?.input === countOf(counts.inputTokens) && found?.output === countOf(counts.outputTokens);
  return isSame ? found : undefined;
}

function usageIn(output: Json | undefined): Readonly<Record<string, Json>> | undefined {
  return isObject(output) && isObject(output.usage) ? output.usage : undefined;
}

export const input = bodyAt('genkit:input');
export const output = bodyAt('genkit:output');
