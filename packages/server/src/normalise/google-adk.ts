import type { BodyText } from '../observation.js';
import { bodyAt, firstOf, isObject, parseJson, type Rule } from './span-reader.js';

/**
 * Google's Agent Development Kit (`gcp.vertex.agent.*`), which keeps the request and the answer of Gemini as they were. A
 * span that is no call of the model has `{}` there.
 */

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
