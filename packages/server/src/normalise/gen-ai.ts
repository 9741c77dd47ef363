import type { Json, ObservationType } from '@powerrag/protocol';
import { bodyAt, firstOf, type Rule, type SpanReader, textAt } from './span-reader.js';
import { countOf, usageFrom } from './usage.js';

/** OpenTelemetry's GenAI conventions (`gen_ai.*`), with the older names that instrumentations still write. */

const TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['chat', 'generation'],
  ['completion', 'generation'],
  ['text_completion', 'generation'],
  ['generate_content', 'generation'],
  ['generate', 'generation'],
  ['embeddings', 'embedding'],
  ['invoke_agent', 'agent'],
  ['create_agent', 'agent'],
  ['execute_tool', 'tool'],
  ['retrieval', 'retriever'],
  ['invoke_workflow', 'chain'],
]);

export const type: Rule<ObservationType> = (span) => {
  const named = span.lookUp('gen_ai.operation.name', TYPES);
  if (named !== undefined) return named;
  if (span.has('gen_ai.tool.name') || span.has('gen_ai.tool.call.id')) return 'tool';
  return span.has('gen_ai.response.model') || span.has('gen_ai.request.model') ? 'generation' : undefined;
};

export const sessionId = textAt('gen_ai.conversation.id');
export const model = textAt('gen_ai.response.model', 'gen_ai.request.model');
export const provider = textAt('gen_ai.provider.name', 'gen_ai.system');
export const input = bodyAt('gen_ai.input.messages', 'gen_ai.tool.call.arguments', 'gen_ai.retrieval.query.text');
export const output = bodyAt('gen_ai.output.messages', 'gen_ai.tool.call.result', 'gen_ai.retrieval.documents');

const PARAMETERS = [
  'temperature',
  'top_p',
  'top_k',
  'max_tokens',
  'frequency_penalty',
  'presence_penalty',
  'stop_sequences',
  'seed',
  'choice.count',
  'encoding_formats',
];

export const modelParameters: Rule<Readonly<Record<string, Json>>> = (span) => {
  const found: [string, Json][] = [];
  for (const name of PARAMETERS) {
    const value = span.peek(`gen_ai.request.${name}`);
    if (value === undefined) continue;
    span.claim(`gen_ai.request.${name}`);
    found.push([name, value]);
  }
  return found.length === 0 ? undefined : Object.fromEntries(found);
};

export const usage: Rule<Readonly<Record<string, number>>> = (span) =>
  usageFrom({
    input: count('input_tokens', 'prompt_tokens')(span),
    output: count('output_tokens', 'completion_tokens')(span),
    total: count('total_tokens')(span),
    inputParts: parts(span, [
      ['input_cached_tokens', ['cache_read.input_tokens', 'cache_read_input_tokens', 'details.cache_read_tokens']],
      ['input_cache_creation', ['cache_creation.input_tokens', 'cache_creation_input_tokens']],
    ]),
    outputParts: parts(span, [['output_reasoning_tokens', ['reasoning.output_tokens', 'reasoning_tokens']]]),
  });

export const cost: Rule<Readonly<Record<string, number>>> = (span) => {
  const total = span.number('gen_ai.usage.cost');
  return total === undefined ? undefined : { total };
};

function count(...names: readonly string[]): Rule<number> {
  return firstOf(
    ...names.map(
      (name): Rule<number> =>
        (span) => {
          const found = countOf(span.peek(`gen_ai.usage.${name}`));
          if (found !== undefined) span.claim(`gen_ai.usage.${name}`);
          return found;
        },
    ),
  );
}

function parts(span: SpanReader, of: readonly (readonly [string, readonly string[]])[]): Map<string, number> {
  return new Map(
    of.flatMap(([name, keys]): [string, number][] => {
      const found = count(...keys)(span);
      return found === undefined ? [] : [[name, found]];
    }),
  );
}
