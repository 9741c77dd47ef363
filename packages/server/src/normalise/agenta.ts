import type { ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { type Rule, textAt } from './span-reader.js';
import { spread } from './spread.js';

/** Agenta (`ag.*`): the functions of an application. Its calls of models are those of other instrumentations. */

const TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['agent', 'agent'],
  ['chain', 'chain'],
  ['workflow', 'chain'],
  ['tool', 'tool'],
  ['query', 'retriever'],
  ['rerank', 'retriever'],
  ['embedding', 'embedding'],
  ['chat', 'generation'],
  ['completion', 'generation'],
]);

export const type: Rule<ObservationType> = (span) => span.lookUp('ag.type.node', TYPES);
export const userId = textAt('ag.user.id');
export const input: Rule<BodyText> = (span) => spread(span, 'ag.data.inputs', 'ag.data.inputs.');
export const output: Rule<BodyText> = (span) => spread(span, 'ag.data.outputs', 'ag.data.outputs.');
