import type { ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { bodyAt, countOf, firstOf, isObject, parseJson, type Rule } from './span-reader.js';
import { knownCounts, usageFrom } from './usage.js';

/**
 * Google's Agent Development Kit (`gcp.vertex.agent.*`), which keeps the request and the answer of Gemini as they were. A
 * span that is not a call of the model has `{}` there.
 */

/** By the first words of the name: version 1 says the type nowhere else, and of a call that fails nothing else at all. */
const TYPES: readonly (readonly [start: string, type: ObservationType])[] = [
  ['invocation', 'chain'],
  ['agent_run', 'agent'],
  ['call_llm', 'generation'],
  ['execute_tool', 'tool'],
];

export const type: Rule<ObservationType> = ({ span }) =>
  span.scope.name === 'gcp.vertex.agent'
    ? TYPES.find(([start]) => span.name.split(' ', 1)[0] === start)?.[1]
    : undefined;

export const input: Rule<BodyText> = firstOf(filled('llm_request'), filled('tool_call_args'), filled('data'));
export const output: Rule<BodyText> = firstOf(filled('llm_response'), bodyAt('gcp.vertex.agent.tool_response'));

function filled(name: string): Rule<BodyText> {
  const key = `gcp.vertex.agent.${name}`;
  return (span) => {
    const value = span.peek(key);
    const held = typeof value === 'string' ? parseJson(value) : value;
    return isObject(held) && Object.keys(held).length > 0 ? span.body(key) : undefined;
  };
}

/** Version 1 leaves the cached tokens and the thoughts to the answer of Gemini, whose output leaves its thoughts out. */
export const usage: Rule<Readonly<Record<string, number>>> = (span) => {
  const answer = span.peek('gcp.vertex.agent.llm_response');
  const held = typeof answer === 'string' ? parseJson(answer) : answer;
  const counts = isObject(held) ? (held.usage_metadata ?? held.usageMetadata) : undefined;
  if (!isObject(counts)) return undefined;
  // In camel case where it is not Python.
  const count = (snake: string, camel: string) => countOf(counts[snake] ?? counts[camel]);
  for (const copy of ['input_tokens', 'output_tokens']) span.claim(`gen_ai.usage.${copy}`);
  return usageFrom({
    input: count('prompt_token_count', 'promptTokenCount'),
    output: count('candidates_token_count', 'candidatesTokenCount'),
    total: count('total_token_count', 'totalTokenCount'),
    inputParts: knownCounts({ input_cached_tokens: count('cached_content_token_count', 'cachedContentTokenCount') }),
    outputParts: knownCounts({ output_reasoning_tokens: count('thoughts_token_count', 'thoughtsTokenCount') }),
  });
};
