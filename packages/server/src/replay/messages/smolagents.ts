import type { Json } from '@powerrag/protocol';
import { parsePythonRepr } from '../../base/python-repr.js';
import { contentOf } from './chat.js';
import { contentParts } from './parts/index.js';
import type { MessageReader } from './reader.js';
import { toolCallParts } from './tool-calls.js';

/** What stands before the calls and before their result. */
const CALLS = 'Calling tools:';
const RESULT = 'Observation:';

/**
 * What an agent of smolagents remembers of a step, under roles of its own: calls as Python's `repr` of them, and the result, or what
 * went wrong, as text. It is sent to the model so.
 */
export const smolagentsMessage: MessageReader = (item) => {
  if (item.role !== 'tool-call' && item.role !== 'tool-response') return undefined;
  const words = textOf(contentOf(item))?.trim() ?? '';
  if (item.role === 'tool-response') {
    if (words === '') return undefined;
    const result = words.startsWith(RESULT) ? words.slice(RESULT.length).trim() : words;
    return [{ role: 'tool', parts: [{ type: 'tool_result', id: null, name: null, result }] }];
  }
  const parts = words.startsWith(CALLS) ? toolCallParts(parsePythonRepr(words.slice(CALLS.length).trim())) : [];
  return parts.length === 0 ? undefined : [{ role: 'assistant', parts }];
};

/** Undefined where there is more than text. */
function textOf(content: Json | undefined): string | undefined {
  const [only, second] = contentParts(content);
  return only?.type === 'text' && second === undefined ? only.text : undefined;
}
