import { type Rule, textAt } from './span-reader.js';

/** LiteLLM, which writes the GenAI conventions or OpenInference and has a little more in keys of its own (`litellm.*`). */

export const userId: Rule<string> = (span) => (span.mentions('litellm') ? textAt('llm.user')(span) : undefined);

/** An id that LiteLLM made up for a request; what an application groups requests by is in the same key. */
const MADE_UP = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Whether what stands under a key is the id of one request alone, which is no session. */
export function isMadeUp(key: string, id: string): boolean {
  return key === 'litellm.trace_id' && MADE_UP.test(id);
}
