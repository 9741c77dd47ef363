import type { ObservationType } from '@powerrag/protocol';
import { countOf, type Rule, type SpanReader, textAt } from './span-reader.js';
import { usageFrom } from './usage.js';

/** Ax (`@ax-llm/ax`): GenAI conventions but for the counts of a call, which are an event, and its tools. */

const isTool = ({ span }: SpanReader): boolean => span.scope.name === 'ax' && span.name.startsWith('Tool: ');

export const type: Rule<ObservationType> = (span) => (isTool(span) ? 'tool' : undefined);
export const name: Rule<string> = (span) => (isTool(span) ? textAt('tool.name')(span) : undefined);

/** Of an event `gen_ai.usage`: its input leaves out what was cached, its total does not. */
export const usageInEvent: Rule<Readonly<Record<string, number>>> = ({ span }) => {
  const said = span.events.find((event) => event.name === 'gen_ai.usage')?.attributes;
  if (said === undefined) return undefined;
  const count = (part: string) => countOf(said.get(`gen_ai.usage.${part}`));
  return usageFrom({
    input: count('input_tokens'),
    output: count('output_tokens'),
    total: count('total_tokens'),
    inputParts: new Map(),
    outputParts: new Map(),
  });
};
