import type { Json, ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { countOf, isObject, parseJson, type Rule, type SpanReader, textOf } from './span-reader.js';
import { countsOf, knownCounts, usageFrom } from './usage.js';

/**
 * LangWatch (`langwatch.*`), whose values say their own kind: `{ "type": "chat_messages", "value": […] }`. What its application
 * says of a trace is one object, `metadata`, in Python, and keys of their own in TypeScript.
 */

const TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['llm', 'generation'],
  ['agent', 'agent'],
  ['chain', 'chain'],
  ['workflow', 'chain'],
  ['task', 'chain'],
  ['module', 'chain'],
  ['component', 'chain'],
  ['tool', 'tool'],
  ['function', 'tool'],
  ['rag', 'retriever'],
  ['guardrail', 'guardrail'],
  ['evaluation', 'evaluator'],
]);

export const type: Rule<ObservationType> = (span) => span.lookUp('langwatch.span.type', TYPES);

export const sessionId: Rule<string> = (span) => textOf(aboutTrace(span)?.thread_id);
export const userId: Rule<string> = (span) => span.text('langwatch.user.id') ?? textOf(aboutTrace(span)?.user_id);

export const tags: Rule<readonly string[]> = (span) => {
  const labels = aboutTrace(span)?.labels;
  return (
    span.list('langwatch.labels') ??
    (Array.isArray(labels) ? labels.flatMap((label) => textOf(label) ?? []) : undefined)
  );
};

export const usage: Rule<Readonly<Record<string, number>>> = (span) => {
  const metrics = held(span, 'langwatch.metrics');
  if (metrics === undefined) return undefined;
  const { input: prompt, output: completion } = countsOf(metrics);
  return usageFrom({
    input: prompt,
    output: completion,
    inputParts: knownCounts({
      input_cached_tokens: countOf(metrics.cache_read_input_tokens),
      input_cache_creation: countOf(metrics.cache_creation_input_tokens),
    }),
    outputParts: knownCounts({ output_reasoning_tokens: countOf(metrics.reasoning_tokens) }),
  });
};

export const input: Rule<BodyText> = (span) => valueAt(span, 'langwatch.input');
export const output: Rule<BodyText> = (span) => valueAt(span, 'langwatch.output');

function valueAt(span: SpanReader, key: string): BodyText | undefined {
  const typed = held(span, key);
  if (typed?.type === undefined || typed.value === undefined) return span.body(key);
  span.claim(key);
  const { value } = typed;
  return typeof value === 'string' ? value : JSON.stringify(typed.type === 'list' ? plain(value) : value);
}

/** The items of a list say their kind too. */
function plain(list: Json): Json {
  return Array.isArray(list)
    ? list.map((item: Json) => (isObject(item) && item.value !== undefined ? item.value : item))
    : list;
}

function aboutTrace(span: SpanReader): Readonly<Record<string, Json>> | undefined {
  return held(span, 'metadata');
}

function held(span: SpanReader, key: string): Readonly<Record<string, Json>> | undefined {
  if (!span.mentions('langwatch')) return undefined;
  const value = span.peek(key);
  const object = typeof value === 'string' ? parseJson(value) : value;
  return isObject(object) ? object : undefined;
}
