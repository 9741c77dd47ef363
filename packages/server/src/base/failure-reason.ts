import type { Json } from '@powerrag/protocol';
import { isTooDeep } from './json-depth.js';
import { parsePythonRepr } from './python-repr.js';

/** Characters of an error that are looked at: a whole stack trace may be behind what it says. */
const MOST = 20_000;
/** Characters of what is found: of a sentence nobody reads more. */
const MOST_SAID = 2_000;
/** Errors within errors, and values that may be one, that are looked at. */
const MAX_DEPTH = 8;
const MAX_STARTS = 20;

/**
 * Where an error has its sentence, in lower case, the more particular first: OpenAI, Anthropic and Google (`error.message`), AWS
 * (`Message`), OAuth (`error_description`), FastAPI (`detail`, a list of `msg`), problem details (RFC 9457: `detail`, `title`).
 */
const KEYS = [
  ...['message', 'error_message', 'errormessage', 'error_description', 'msg', 'detail', 'details', 'error', 'errors'],
  ...['exception', 'exception.message', 'reason', 'description', 'title', 'cause'],
  ...['body', 'response', 'stack', 'stacktrace'],
];

/**
 * What an error says in words, where its text is, or contains, JSON or what Python's `repr` writes: the message in it, after what
 * stands before it on its line (`Error code: 400 - `). Null where the text says it itself, or has no message that is known.
 */
export function failureReason(text: string): string | null {
  const found = sentenceIn(text.slice(0, MOST).trim(), 0);
  return found === null ? null : found.slice(0, MOST_SAID);
}

/** The same for the status message of an observation, as a field of it. */
export function statusReasonOf(statusMessage: string | null): { readonly statusReason?: string } {
  const statusReason = statusMessage === null ? null : failureReason(statusMessage);
  return statusReason === null ? {} : { statusReason };
}

function sentenceIn(text: string, depth: number): string | null {
  if (depth > MAX_DEPTH || !/[{["]/.test(text)) return null;
  const whole = parsed(text);
  if (whole !== undefined) return messageIn(whole, depth);
  let starts = 0;
  for (let at = text.search(/[{[]/); at !== -1 && starts < MAX_STARTS; starts += 1) {
    const end = endOf(text, at);
    const message = end === null ? cutMessage(text.slice(at)) : messageIn(parsed(text.slice(at, end)), depth);
    if (message !== null) return joined(text.slice(0, at), message, end === null ? '' : text.slice(end));
    const next = text.slice(at + 1).search(/[{[]/);
    at = next === -1 ? -1 : at + 1 + next;
  }
  return null;
}

/** JSON, a `repr` of Python, or undefined. A bare word or number is neither. */
function parsed(text: string): Json | undefined {
  if (!/^[{["'(]/.test(text) || isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return parsePythonRepr(text);
  }
}

function messageIn(value: Json | undefined, depth: number): string | null {
  if (depth > MAX_DEPTH) return null;
  if (typeof value === 'string') {
    const said = value.trim();
    return said === '' ? null : (sentenceIn(said, depth + 1) ?? said);
  }
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value))
    return first((value as readonly Json[]).slice(0, MAX_STARTS), (item) => messageOf(item, depth));
  return messageOf(value, depth);
}

/** Of an object; a text alone in a list is no error. */
function messageOf(value: Json, depth: number): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const fields = new Map(Object.entries(value).map(([key, held]) => [key.toLowerCase(), held]));
  return first(KEYS, (key) => messageIn(fields.get(key), depth + 1));
}

function first<T>(items: readonly T[], find: (item: T) => string | null): string | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

/** Where the value ends that begins with a bracket; null where it was cut off. */
function endOf(text: string, start: number): number | null {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"' || character === "'") at = endOfQuote(text, at);
    else if (character === '{' || character === '[' || character === '(') depth += 1;
    else if (character === '}' || character === ']' || character === ')') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}

function endOfQuote(text: string, opening: number): number {
  let at = opening + 1;
  while (at < text.length && text[at] !== text[opening]) at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** The message in an error of which only the beginning is there. */
function cutMessage(text: string): string | null {
  const found = /["'](?:message|msg|detail|error_description)["']\s*:\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/i.exec(
    text,
  );
  const said = found?.[1] === undefined ? undefined : parsed(found[1]);
  return typeof said === 'string' && said.trim() !== '' ? said.trim() : null;
}

/** The line in which the error stands, with its message in its place. */
function joined(before: string, message: string, after: string): string {
  const line = before.slice(before.lastIndexOf('\n') + 1).trimStart();
  const prefix = line.replace(/\bb?["']$/, '');
  const isQuoted = prefix.length < line.length;
  const [rest = ''] = (isQuoted ? after.replace(/^["']/, '') : after).split('\n', 1);
  if (prefix.includes(message)) return prefix.replace(/[\s:-]+$/, '');
  return `${prefix}${message}${/^\s*Traceback/.test(rest) ? '' : rest}`.trim();
}
