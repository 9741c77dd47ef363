import type { ObservationType } from '@powerrag/protocol';
import { bodyAt, type Rule } from './span-reader.js';

/** CozeLoop (`cozeloop.*`): what an application says of a span of its own. Its calls of models are GenAI. */

const TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['model', 'generation'],
  ['agent', 'agent'],
  ['tool', 'tool'],
  ['function', 'tool'],
  ['retriever', 'retriever'],
  ['vector_retriever', 'retriever'],
  ['embedding', 'embedding'],
  ['workflow', 'chain'],
  ['chain', 'chain'],
  ['graph', 'chain'],
]);

export const type: Rule<ObservationType> = (span) => span.lookUp('cozeloop.span_type', TYPES);
export const input = bodyAt('cozeloop.input');
export const output = bodyAt('cozeloop.output');
