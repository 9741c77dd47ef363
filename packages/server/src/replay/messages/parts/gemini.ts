import type { MessagePart } from '@powerrag/protocol';
import { file } from '../media.js';
import type { PartReader } from '../reader.js';
import { isObject, type JsonObject, text } from '../values.js';

/**
 * Parts of Gemini: an object with one key that says what it holds, in camel case (the API, JavaScript) or snake case
 * (Python, the Agent Development Kit).
 */
export const geminiPart: PartReader = (part) => {
  const call = part.functionCall ?? part.function_call;
  if (isObject(call) && typeof call.name === 'string')
    return { type: 'tool_call', id: text(call.id), name: call.name, arguments: call.args ?? null };
  const response = part.functionResponse ?? part.function_response;
  if (isObject(response) && typeof response.name === 'string')
    return { type: 'tool_result', id: text(response.id), name: response.name, result: response.response ?? null };
  return mediaOf(part) ?? codeOf(part);
};

function mediaOf(part: JsonObject): MessagePart | undefined {
  const inline = part.inlineData ?? part.inline_data;
  if (isObject(inline) && typeof inline.data === 'string')
    return file(inline.data, text(inline.mimeType ?? inline.mime_type));
  const elsewhere = part.fileData ?? part.file_data;
  const uri = isObject(elsewhere) ? text(elsewhere.fileUri ?? elsewhere.file_uri) : null;
  if (!isObject(elsewhere) || uri === null) return undefined;
  return file(uri, text(elsewhere.mimeType ?? elsewhere.mime_type));
}

/** Code that the model ran on Google's side, as the call of a tool. */
function codeOf(part: JsonObject): MessagePart | undefined {
  const code = part.executableCode ?? part.executable_code;
  if (isObject(code)) return { type: 'tool_call', id: null, name: 'code_execution', arguments: code };
  const outcome = part.codeExecutionResult ?? part.code_execution_result;
  return isObject(outcome) ? { type: 'tool_result', id: null, name: 'code_execution', result: outcome } : undefined;
}
