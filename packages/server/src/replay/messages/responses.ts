import type { Json, MessagePart } from '@powerrag/protocol';
import { textsOf } from './parts/reasoning.js';
import type { MessageReader } from './reader.js';
import { toolResult } from './tool-results.js';
import { isObject, type JsonObject, parsed, text } from './values.js';

/**
 * Items of OpenAI's Responses that are not messages of their own: calls of tools, their outputs and reasoning, and calls that
 * OpenAI carries out itself (`web_search_call`), which hold call and result. LiveKit writes calls and outputs the same way.
 */
export const responsesItem: MessageReader = (item) => {
  const { type, name } = item;
  const id = text(item.call_id) ?? text(item.id);
  if (type === 'function_call' || type === 'custom_tool_call' || type === 'mcp_call') {
    if (typeof name !== 'string') return undefined;
    const call: MessagePart = { type: 'tool_call', id, name, arguments: parsed(item.arguments ?? item.input) };
    const result = type === 'mcp_call' ? (item.output ?? item.error) : undefined;
    return withResult(call, result);
  }
  if (type === 'function_call_output' || type === 'custom_tool_call_output' || type === 'computer_call_output')
    return [{ role: 'tool', parts: [{ type: 'tool_result', id, name: text(name), result: outputOf(item) }] }];
  if (type === 'reasoning' && (Array.isArray(item.summary) || Array.isArray(item.content)))
    return [{ role: 'assistant', parts: reasoningOf(item) }];
  if (type === 'item_reference') return [];
  const hosted = typeof type === 'string' ? HOSTED.get(type) : undefined;
  if (hosted === undefined) return undefined;
  const [given, given2] = [item[hosted.given], item[hosted.result]];
  return withResult(
    { type: 'tool_call', id, name: String(type).replace(/_call$/, ''), arguments: given ?? null },
    given2,
  );
};

/** Where a call of a tool on OpenAI's side has what it was given and what came out. An image stays out: it is its bytes. */
const HOSTED: ReadonlyMap<string, { readonly given: string; readonly result: string }> = new Map([
  ['web_search_call', { given: 'action', result: 'results' }],
  ['file_search_call', { given: 'queries', result: 'results' }],
  ['code_interpreter_call', { given: 'code', result: 'outputs' }],
  ['computer_call', { given: 'action', result: 'output' }],
  ['local_shell_call', { given: 'action', result: 'output' }],
  ['image_generation_call', { given: 'revised_prompt', result: 'status' }],
]);

function withResult(call: Extract<MessagePart, { type: 'tool_call' }>, result: Json | undefined) {
  const said = { role: 'assistant', parts: [call] } as const;
  if (result === undefined || result === null) return [said];
  const part: MessagePart = { type: 'tool_result', id: call.id, name: call.name, result };
  return [said, { role: 'tool', parts: [part] } as const];
}

/** Parts of an output are text as a rule: `{ type: 'input_text', text }`. */
function outputOf({ output }: JsonObject): Json {
  const [only, second] = Array.isArray(output) ? (output as readonly Json[]) : [];
  const alone = second === undefined && isObject(only) && typeof only.text === 'string' ? only.text : undefined;
  return alone ?? toolResult(output);
}

function reasoningOf({ summary, content }: JsonObject): MessagePart[] {
  const words = textsOf(content) || textsOf(summary);
  return words ? [{ type: 'reasoning', text: words }] : [];
}
