import type { Json, MessagePart } from '@powerrag/protocol';
import { contentParts } from './parts/index.js';
import type { MessageReader } from './reader.js';
import { toolCallParts } from './tool-calls.js';
import { isObject, text } from './values.js';

/**
 * A message of AutoGen, told by the name of its class and by its `source`: who speaks. One of the chat is the user's where
 * its source is `user`, else an agent's, under the agent's name.
 */
export const autoGenMessage: MessageReader = ({ type, source, content }) => {
  if (type === 'FunctionExecutionResultMessage' || type === 'ToolCallExecutionEvent')
    return Array.isArray(content) ? [{ role: 'tool', parts: results(content) }] : undefined;
  if (typeof source !== 'string' || content === undefined) return undefined;
  switch (type) {
    case 'UserMessage':
      return [{ role: 'user', parts: contentParts(content) }];
    case 'AssistantMessage':
    case 'ToolCallRequestEvent':
      return [{ role: 'assistant', parts: Array.isArray(content) ? toolCallParts(content) : contentParts(content) }];
    case 'TextMessage':
    case 'ToolCallSummaryMessage':
    case 'MultiModalMessage':
      return source === 'user'
        ? [{ role: 'user', parts: contentParts(content) }]
        : [{ role: 'assistant', name: source, parts: contentParts(content) }];
    default:
      return undefined;
  }
};

function results(content: readonly Json[]): MessagePart[] {
  return content.map((item) => {
    if (!isObject(item)) return { type: 'json', value: item };
    return { type: 'tool_result', id: text(item.call_id), name: text(item.name), result: item.content ?? null };
  });
}
