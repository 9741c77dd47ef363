import type { ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import type { Rule, SpanReader } from './span-reader.js';

/**
 * Logfire's instrumentation of OpenAI Agents, whose spans are named after the template of their message and whose attributes
 * are bare words. Its instrumentations of providers are read with Pydantic AI's.
 */

const TYPES: readonly (readonly [start: string, type: ObservationType])[] = [
  ['Agent run', 'agent'],
  ['Function', 'tool'],
  ['Guardrail', 'guardrail'],
];

export const type: Rule<ObservationType> = (span) => {
  if (!isOfAgents(span)) return undefined;
  return TYPES.find(([start]) => span.span.name.startsWith(start))?.[1];
};

/** A span is named after the template of its message; the message itself is an attribute. */
export const name: Rule<string> = (span) => {
  if (type(span) !== undefined) return span.text('name');
  // The message of a span that failed ends with why, which is its status.
  return span.span.name.includes('{') ? span.text('logfire.msg')?.replace(/ failed: .*$/s, '') : undefined;
};

export const input: Rule<BodyText> = (span) => (isOfAgents(span) ? span.body('input') : undefined);
export const output: Rule<BodyText> = (span) => (isOfAgents(span) ? span.body('output') : undefined);

function isOfAgents({ span }: SpanReader): boolean {
  return span.scope.name === 'logfire.openai_agents';
}
