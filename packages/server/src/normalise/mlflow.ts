import type { ObservationType } from '@powerrag/protocol';
import { bodyAt, countOf, isObject, parseJson, type Rule, type SpanReader, textOf } from './span-reader.js';
import { knownCounts, usageFrom } from './usage.js';

/** MLflow Tracing (`mlflow.*`), all of whose attributes are JSON: a text is in quotes. */

const TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['LLM', 'generation'],
  ['CHAT_MODEL', 'generation'],
  ['EMBEDDING', 'embedding'],
  ['AGENT', 'agent'],
  ['TOOL', 'tool'],
  ['CHAIN', 'chain'],
  ['WORKFLOW', 'chain'],
  ['RETRIEVER', 'retriever'],
  ['RERANKER', 'retriever'],
  ['EVALUATOR', 'evaluator'],
  ['GUARDRAIL', 'guardrail'],
]);

export const type: Rule<ObservationType> = (span) => {
  const known = TYPES.get((textIn(span, 'mlflow.spanType') ?? '').toUpperCase());
  if (known !== undefined) span.claim('mlflow.spanType');
  return known;
};

export const model = quoted('mlflow.llm.model');

/** The model that a call asked for: one that failed has it in its input alone. */
export const modelAsked: Rule<string> = (span) => {
  const given = span.peek('mlflow.spanInputs');
  const kind = given === undefined ? undefined : type(span);
  if (typeof given !== 'string' || !(kind === 'generation' || kind === 'embedding')) return undefined;
  const asked = parseJson(given);
  return isObject(asked) ? textOf(asked.model) : undefined;
};

export const provider = quoted('mlflow.llm.provider');

function quoted(key: string): Rule<string> {
  return (span) => {
    const text = textIn(span, key);
    if (text !== undefined) span.claim(key);
    return text;
  };
}

function textIn(span: SpanReader, key: string): string | undefined {
  const value = span.peek(key);
  if (typeof value !== 'string' || value === '') return undefined;
  const held = value.startsWith('"') ? parseJson(value) : value;
  return typeof held === 'string' && held !== '' ? held : undefined;
}

export const usage: Rule<Readonly<Record<string, number>>> = (span) => {
  const counts = span.object('mlflow.chat.tokenUsage');
  if (counts === undefined) return undefined;
  return usageFrom({
    input: countOf(counts.input_tokens),
    output: countOf(counts.output_tokens),
    total: countOf(counts.total_tokens),
    inputParts: knownCounts({
      input_cached_tokens: countOf(counts.cache_read_input_tokens),
      input_cache_creation: countOf(counts.cache_creation_input_tokens),
    }),
    outputParts: new Map(),
  });
};

export const input = bodyAt('mlflow.spanInputs');
export const output = bodyAt('mlflow.spanOutputs');
