import type { ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { bodyAt, countAt, firstOf, type Rule, textAt } from './span-reader.js';
import { knownCounts, usageFrom } from './usage.js';

/** VoltAgent: an agent around calls of the model and of tools, in bare words (`input`, `llm.messages`, `usage.…`). */

/** The same bare words mean something else in the spans of others. */
function only<T>(rule: Rule<T>): Rule<T> {
  return (span) => (span.span.scope.name.startsWith('@voltagent/') ? rule(span) : undefined);
}

const TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['agent', 'agent'],
  ['llm', 'generation'],
  ['tool', 'tool'],
  ['retriever', 'retriever'],
  ['embedding', 'embedding'],
  ['guardrail', 'guardrail'],
  ['workflow', 'chain'],
  ['workflow-step', 'chain'],
]);

/** The span of an agent itself names no type. */
export const type: Rule<ObservationType> = only(
  (span) => span.lookUp('span.type', TYPES) ?? (span.has('agent.state') ? 'agent' : undefined),
);

export const name: Rule<string> = only(textAt('tool.name'));
export const model: Rule<string> = only(textAt('llm.model', 'ai.model.name'));
export const input: Rule<BodyText> = only(firstOf(bodyAt('llm.messages'), bodyAt('input')));
export const output: Rule<BodyText> = only(bodyAt('output'));

const counts = {
  input: countAt('llm.usage.prompt_tokens', 'usage.prompt_tokens'),
  output: countAt('llm.usage.completion_tokens', 'usage.completion_tokens'),
  total: countAt('llm.usage.total_tokens', 'usage.total_tokens'),
  cached: countAt('llm.usage.cached_tokens', 'usage.cached_tokens'),
  reasoning: countAt('llm.usage.reasoning_tokens', 'usage.reasoning_tokens'),
};

/** As the AI SDK counts, which it calls. */
export const usage: Rule<Readonly<Record<string, number>>> = only((span) =>
  usageFrom({
    input: counts.input(span),
    output: counts.output(span),
    total: counts.total(span),
    inputParts: knownCounts({ input_cached_tokens: counts.cached(span) }),
    outputParts: knownCounts({ output_reasoning_tokens: counts.reasoning(span) }),
  }),
);
