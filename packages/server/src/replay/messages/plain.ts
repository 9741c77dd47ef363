import type { Json } from '@powerrag/protocol';

const QUESTION_KEYS = ['query', 'question', 'prompt', 'input', 'message', 'text', 'user_input', 'userInput', 'content'];
const ANSWER_KEYS = ['answer', 'output', 'response', 'content', 'result', 'text', 'message', 'completion', 'reply'];

/**
 * The text that a person would read in a value that is no chat message: the value itself, or what it holds under a name
 * that says so (`{ query: "…" }`), or its only text. Null where there is none.
 */
export function toPlainText(value: Json, side: 'input' | 'output'): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const entries = new Map(Object.entries(value));
  for (const key of side === 'input' ? QUESTION_KEYS : ANSWER_KEYS) {
    const text = entries.get(key);
    if (typeof text === 'string' && text.trim() !== '') return text;
  }
  const [only] = entries.values();
  return entries.size === 1 && typeof only === 'string' && only.trim() !== '' ? only : null;
}
