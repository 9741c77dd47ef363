import type { ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { bodyAt, type Rule, type SpanReader } from './span-reader.js';

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

export const name: Rule<string> = (span) => (type(span) === undefined ? undefined : span.text('name'));

export const input: Rule<BodyText> = (span) => (isOfAgents(span) ? bodyAt('input')(span) : undefined);
export const output: Rule<BodyText> = (span) => (isOfAgents(span) ? bodyAt('output')(span) : undefined);

function isOfAgents({ span }: SpanReader): boolean {
  return span.scope.name === 'logfire.openai_agents';
}
