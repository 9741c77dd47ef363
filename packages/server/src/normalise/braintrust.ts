import type { ObservationType } from '@powerrag/protocol';
import { MAX_WAIT_MS } from './bounds.js';
import { bodyAt, countOf, isObject, parseJson, type Rule, type SpanReader, textOf } from './span-reader.js';
import { countsOf, knownCounts, usageFrom } from './usage.js';

/** Braintrust (`braintrust.*`), whose attributes are objects in JSON: what a span is, what went in and out, and its metrics. */

const TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['llm', 'generation'],
  ['task', 'chain'],
  ['eval', 'chain'],
  ['function', 'chain'],
  ['tool', 'tool'],
  ['score', 'evaluator'],
]);

export const type: Rule<ObservationType> = (span) =>
  TYPES.get(textOf(held(span, 'braintrust.span_attributes')?.type)?.toLowerCase() ?? '');

/** It stays metadata, with what is beside it. */
export const model: Rule<string> = (span) => textOf(held(span, 'braintrust.metadata')?.model);

export const tags: Rule<readonly string[]> = (span) => span.list('braintrust.tags');
export const input = bodyAt('braintrust.input_json', 'braintrust.input');
export const output = bodyAt('braintrust.output_json', 'braintrust.output');

export const usage: Rule<Readonly<Record<string, number>>> = (span) => {
  const metrics = held(span, 'braintrust.metrics');
  if (metrics === undefined) return undefined;
  const { input: prompt, output: completion } = countsOf(metrics);
  return usageFrom({
    input: prompt,
    output: completion,
    total: countOf(metrics.tokens),
    inputParts: knownCounts({
      input_cached_tokens: countOf(metrics.prompt_cached_tokens),
      input_cache_creation: countOf(metrics.prompt_cache_creation_tokens),
    }),
    outputParts: knownCounts({ output_reasoning_tokens: countOf(metrics.completion_reasoning_tokens) }),
  });
};

/** Written in seconds. */
export const msToFirstToken: Rule<number> = (span) => {
  const seconds = countOf(held(span, 'braintrust.metrics')?.time_to_first_token);
  return seconds === undefined || seconds * 1_000 > MAX_WAIT_MS ? undefined : seconds * 1_000;
};

function held(span: SpanReader, key: string) {
  if (!span.mentions('braintrust')) return undefined;
  const value = span.peek(key);
  const object = typeof value === 'string' ? parseJson(value) : value;
  return isObject(object) ? object : undefined;
}
