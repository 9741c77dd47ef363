import type { Json } from '@powerrag/protocol';
import { parsePythonRepr } from '../../base/python-repr.js';
import type { Side } from './reader.js';
import { isObject, type JsonObject } from './values.js';

const QUESTION_KEYS = [
  'query',
  'sys.query',
  'question',
  'prompt',
  'input',
  'message',
  'text',
  'user_input',
  'userInput',
  'user_msg',
  'query_str',
  'str_or_query_bundle',
  'task',
  'content',
];
const ANSWER_KEYS = [
  'answer',
  'output',
  'response',
  'content',
  'result',
  'text',
  'message',
  'completion',
  'reply',
  'combined_chunk_content',
];

/**
 * The text that a person would read in a value that is not a chat message: the value itself, or what it holds under a name
 * that says so (`{ query: "…" }`), or its only text. Null where there is none. Arguments of a function are read like the
 * only one of them, or like the named ones. What Traceloop keeps of a chain is read like its `inputs` or `outputs`, a list of
 * one text like the text.
 */
export function toPlainText(value: Json, side: Side): string | null {
  if (typeof value === 'string') return ofText(value, side);
  if (Array.isArray(value)) return ofList(value, side);
  if (!isObject(value)) return null;
  if (Array.isArray(value.args) && isObject(value.kwargs)) return ofArguments(value.args, value.kwargs, side);
  const ofChain = value[side === 'input' ? 'inputs' : 'outputs'];
  return ofNames(value, side) ?? (isObject(ofChain) || typeof ofChain === 'string' ? toPlainText(ofChain, side) : null);
}

/** LlamaIndex's events and answers, as Python writes them and its instrumentation cuts them off. */
const PYTHON_OBJECT =
  /^\s*(?:\w*Event|Agent(?:Input|Setup|Output|ChatResponse)|ChatMessage|ChatResponse|CompletionResponse|TaskResult|ToolCallResult)\(\w+=/;

function ofText(text: string, side: Side): string | null {
  if (text.trim() === '' || PYTHON_OBJECT.test(text)) return null;
  const list = side === 'input' && PYTHON_LIST.test(text) ? parsePythonRepr(text.trim()) : undefined;
  return (Array.isArray(list) ? ofList(list, side) : null) ?? text;
}

/** A list of one text as Python writes it, which instrumentations of embeddings send. */
const PYTHON_LIST = /^\s*\['.*'\]\s*$/s;

function ofNames(value: JsonObject, side: Side): string | null {
  const entries = new Map(Object.entries(value));
  for (const key of side === 'input' ? QUESTION_KEYS : ANSWER_KEYS) {
    const text = entries.get(key);
    if (typeof text === 'string' && text.trim() !== '') return text;
  }
  const [only] = entries.values();
  return entries.size === 1 && !entries.has('model') && typeof only === 'string' && only.trim() !== '' ? only : null;
}

function ofList(list: readonly Json[], side: Side): string | null {
  const [only, second] = list;
  return typeof only === 'string' && second === undefined ? toPlainText(only, side) : null;
}

/** As Traceloop writes them. */
function ofArguments(args: readonly Json[], named: JsonObject, side: Side): string | null {
  const [only = named] = args;
  return args.length > 1 ? null : toPlainText(only, side);
}
