import type { PartReader } from '../reader.js';

const TYPES: ReadonlySet<string> = new Set(['text', 'input_text', 'output_text', 'summary_text']);
const BESIDE_TEXT: ReadonlySet<string> = new Set([
  'text',
  'thought',
  'thoughtSignature',
  'thought_signature',
  'metadata',
]);

/**
 * Text. With a type: `{ type: 'text', text }` (OpenAI, Anthropic, the AI SDK, LangChain) and `{ type: 'text', content }`
 * (GenAI). Without: `{ text }` and nothing that is not known to stand beside it (Bedrock, Gemini, Genkit, Haystack).
 * Gemini marks a thought with `thought: true`.
 */
export const textPart: PartReader = (part) => {
  const { type, text, content } = part;
  if (typeof type === 'string') {
    const words = text ?? content;
    return TYPES.has(type) && typeof words === 'string' ? { type: 'text', text: words } : undefined;
  }
  if (typeof text !== 'string' || !Object.keys(part).every((key) => BESIDE_TEXT.has(key))) return undefined;
  return { type: part.thought === true ? 'reasoning' : 'text', text };
};
