import { parsePythonRepr } from '../base/python-repr.js';
import { isObject, type Rule, textAt } from './span-reader.js';
import { countsOf, usageFrom } from './usage.js';

/** LiteLLM, which writes the GenAI conventions or OpenInference and has a little more in keys of its own (`litellm.*`). */

const user = textAt('llm.user');
export const userId: Rule<string> = (span) => (span.mentions('litellm') ? user(span) : undefined);

/** An id that LiteLLM made up for a request; what an application groups requests by is in the same key. */
const MADE_UP = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Whether what stands under a key is the id of one request alone, which is not a session. */
export function isMadeUp(key: string, id: string): boolean {
  return key === 'litellm.trace_id' && MADE_UP.test(id);
}

/** Beside the counts of the GenAI conventions stands the whole object, as Python writes it: only there are the parts. */
export const usage: Rule<Readonly<Record<string, number>>> = (span) => {
  const text = span.mentions('metadata') ? span.peek(USAGE) : undefined;
  const given = typeof text === 'string' && text.length <= MAX_USAGE_LENGTH ? parsePythonRepr(text) : undefined;
  const counts = isObject(given) ? usageFrom(countsOf(given)) : undefined;
  if (counts === undefined) return undefined;
  for (const key of [USAGE, ...COPIES]) span.claim(key);
  return counts;
};

const USAGE = 'metadata.usage_object';
const MAX_USAGE_LENGTH = 100_000;
const COPIES = ['input', 'output', 'total'].map((side) => `gen_ai.usage.${side}_tokens`);
