import type { ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { bodyAt, type Rule } from './span-reader.js';

/** Spring AI (`spring.ai.*`): its client, its advisors, tools and stores of vectors. Its calls of models are GenAI. */

const KINDS: ReadonlyMap<string, ObservationType> = new Map([
  ['chat_client', 'chain'],
  ['advisor', 'chain'],
  ['tool_call', 'tool'],
  ['vector_store', 'retriever'],
]);

export const type: Rule<ObservationType> = (span) => span.lookUp('spring.ai.kind', KINDS);
export const name: Rule<string> = (span) => span.text('spring.ai.tool.definition.name');

/** Whether it is the conversation that Spring AI puts all in who name none: one of everybody is a session of nobody. */
export function isConversationOfNobody(key: string, id: string): boolean {
  return key === 'spring.ai.chat.client.conversation.id' && id === 'default';
}

export const input: Rule<BodyText> = bodyAt(
  'spring.ai.tool.call.arguments',
  'spring.ai.chat.client.user.text',
  'db.vector.query.content',
);
export const output: Rule<BodyText> = bodyAt('spring.ai.tool.call.result', 'db.vector.query.response.documents');
