import type { ObservationType } from '@powerrag/protocol';
import { encodedTextAt, type Rule, textAt } from './span-reader.js';

/** Alibaba's LoongSuite, which records Dify among others: GenAI with a kind, a session, a user and a model of its own. */

const KINDS: ReadonlyMap<string, ObservationType> = new Map([
  ['llm', 'generation'],
  ['chain', 'chain'],
  ['entry', 'chain'],
  ['task', 'chain'],
  ['step', 'chain'],
  ['agent', 'agent'],
  ['tool', 'tool'],
  ['retriever', 'retriever'],
  ['reranker', 'retriever'],
  ['embedding', 'embedding'],
]);

export const type: Rule<ObservationType> = (span) => span.lookUp('gen_ai.span.kind', KINDS);
export const userId = encodedTextAt('gen_ai.user.id');
export const model = textAt('gen_ai.model_name');
export const provider = textAt('gen_ai.provider');
