import type { ObservationType } from '@powerrag/protocol';
import { bodyAt, type Rule, textAt } from './span-reader.js';
import { countsOf, usageFrom } from './usage.js';

/** Langtrace, as it wrote calls of models before it took the GenAI conventions (`llm.prompts`, `llm.responses`). */

export const type: Rule<ObservationType> = (span) => (span.has('llm.prompts') ? 'generation' : undefined);
export const model = textAt('llm.model');
export const input = bodyAt('llm.prompts');
export const output = bodyAt('llm.responses');

export const usage: Rule<Readonly<Record<string, number>>> = (span) => {
  const given = span.mentions('llm') ? span.object('llm.token.counts') : undefined;
  return given && usageFrom(countsOf(given));
};
