import type { Json, Message } from '@powerrag/protocol';

/** One conversation: a question, a call of a tool, its result, an answer. */
export const QUESTION: Message = { role: 'user', parts: [{ type: 'text', text: 'Weather?' }] };
export const CALL: Message = {
  role: 'assistant',
  parts: [{ type: 'tool_call', id: 'c1', name: 'get_weather', arguments: { city: 'Paris' } }],
};
export const RESULT: Message = {
  role: 'tool',
  parts: [{ type: 'tool_result', id: 'c1', name: 'get_weather', result: '21' }],
};
export const ANSWER: Message = { role: 'assistant', parts: [{ type: 'text', text: '21 degrees.\n' }] };
export const WORDS = '21 degrees.\n';
export const ARGS = { city: 'Paris' };
export const ARGS_TEXT = '{"city":"Paris"}';
export const lc = (name: string, kwargs: Json): Json => ({
  lc: 1,
  type: 'constructor',
  id: ['langchain_core', 'messages', name],
  kwargs,
});
export const openAiCall = { id: 'c1', type: 'function', function: { name: 'get_weather', arguments: ARGS_TEXT } };
export const langChainCall = { name: 'get_weather', args: ARGS, id: 'c1', type: 'tool_call' };
