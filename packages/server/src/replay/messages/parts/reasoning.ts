import type { Json } from '@powerrag/protocol';
import type { PartReader } from '../reader.js';
import { isObject } from '../values.js';

const TYPES: ReadonlySet<string> = new Set(['reasoning', 'thinking', 'reasoning_text']);

/**
 * What a model thought, as a part with a type: `thinking` (Anthropic), `reasoning` with `text` (the AI SDK), `content`
 * (GenAI), `reasoning` (LangChain) or a list of `summary` (OpenAI Responses). One that came encrypted says nothing.
 */
export const reasoningPart: PartReader = ({ type, thinking, text, content, reasoning, summary }) => {
  if (type === 'redacted_thinking') return { type: 'reasoning', text: '' };
  if (typeof type !== 'string' || !TYPES.has(type)) return undefined;
  const words = [thinking, text, content, reasoning].find((value) => typeof value === 'string') ?? textsOf(summary);
  return typeof words === 'string' ? { type: 'reasoning', text: words } : undefined;
};

/** Paragraphs, of which each came as an object of its own. */
export function textsOf(list: Json | undefined): string | undefined {
  if (!Array.isArray(list)) return undefined;
  const texts = (list as readonly Json[]).flatMap((item) =>
    isObject(item) && typeof item.text === 'string' ? [item.text] : [],
  );
  return texts.length === list.length ? texts.join('\n\n') : undefined;
}
