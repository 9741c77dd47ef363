import type { BodyText } from '../observation/observation.js';
import { afterInstructions } from './gen-ai.js';
import { parseJson, type Rule, type SpanReader } from './span-reader.js';

/** Mastra's exporter for OpenTelemetry, which names its keys after the type of the span: `mastra.agent_run.input`. */

/** What an agent was asked is plain text as a rule, and its instructions are where the GenAI conventions have them. */
export const input: Rule<BodyText> = (span) => {
  const asked = held(span, 'input');
  if (asked === undefined || !span.has('gen_ai.system_instructions')) return asked;
  const isText = parseJson(asked) === undefined;
  return afterInstructions(span, isText ? JSON.stringify([{ role: 'user', content: asked }]) : asked);
};

export const output: Rule<BodyText> = (span) => held(span, 'output');

function held(span: SpanReader, side: 'input' | 'output'): BodyText | undefined {
  const type = span.peek('mastra.span.type');
  return typeof type === 'string' ? span.body(`mastra.${type}.${side}`) : undefined;
}
