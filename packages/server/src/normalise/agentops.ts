import type { ObservationType } from '@powerrag/protocol';
import { bodyAt, type Rule } from './span-reader.js';

/** AgentOps (`agentops.*`). What it says of a call of a model is GenAI, spread over attributes as Traceloop has it. */

const KINDS: ReadonlyMap<string, ObservationType> = new Map([
  ['session', 'chain'],
  ['workflow', 'chain'],
  ['operation', 'chain'],
  ['task', 'chain'],
  ['agent', 'agent'],
  ['llm', 'generation'],
  ['tool', 'tool'],
  ['guardrail', 'guardrail'],
]);

export const type: Rule<ObservationType> = (span) => span.lookUp('agentops.span.kind', KINDS);
export const name: Rule<string> = (span) => span.text('agentops.entity.name');
export const input = bodyAt('agentops.entity.input');
export const output = bodyAt('agentops.entity.output');
