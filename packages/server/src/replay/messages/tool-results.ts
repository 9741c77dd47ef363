import type { Json } from '@powerrag/protocol';
import { isObject } from './values.js';

/**
 * What a tool gave back. A single block of text or JSON, as Anthropic, Bedrock and the GenAI conventions wrap it, is what it
 * holds; anything else is as it came.
 */
export function toolResult(content: Json | undefined): Json {
  const [only, second] = Array.isArray(content) ? (content as readonly Json[]) : [];
  if (second !== undefined || !isObject(only)) return content ?? null;
  if (typeof only.text === 'string' && (only.type === undefined || only.type === 'text')) return only.text;
  if (typeof only.content === 'string' && only.type === 'text') return only.content;
  return only.json !== undefined && Object.keys(only).length === 1 ? only.json : (content ?? null);
}

/**
 * Whether it is the definition of a tool that the model could call. LangChain's callbacks put definitions among the
 * messages, under the role of a tool.
 */
export function isToolDefinition(value: Json | undefined): boolean {
  if (!isObject(value)) return false;
  const named = value.type === 'function' && isObject(value.function) ? value.function : value;
  if (typeof named.name !== 'string' || named.arguments !== undefined) return false;
  return [named.parameters, named.input_schema, named.inputSchema].some(isObject);
}
