import type { Json, MessagePart } from '@powerrag/protocol';
import type { PartReader } from '../reader.js';
import { isObject } from '../values.js';
import { aiSdkPart } from './ai-sdk.js';
import { anthropicPart } from './anthropic.js';
import { bedrockPart } from './bedrock.js';
import { geminiPart } from './gemini.js';
import { genAiPart } from './gen-ai.js';
import { genkitPart } from './genkit.js';
import { haystackPart } from './haystack.js';
import { langChainPart } from './langchain.js';
import { llamaIndexPart } from './llama-index.js';
import { openAiPart } from './openai.js';
import { pydanticAiPart } from './pydantic-ai.js';
import { reasoningPart } from './reasoning.js';
import { semanticKernelPart } from './semantic-kernel.js';
import { textPart } from './text.js';

/**
 * The forms of a part, in the order in which they are tried: text first, since nearly every part is text, then the form
 * that asks for more before the one that asks for less.
 */
const READERS: readonly PartReader[] = [
  textPart,
  reasoningPart,
  openAiPart,
  anthropicPart,
  genAiPart,
  aiSdkPart,
  langChainPart,
  bedrockPart,
  geminiPart,
  genkitPart,
  haystackPart,
  llamaIndexPart,
  semanticKernelPart,
  pydanticAiPart,
];

/** A part in any form we know; undefined where it has another. */
export function knownPart(part: Json): MessagePart | undefined {
  if (typeof part === 'string') return { type: 'text', text: part };
  if (!isObject(part)) return undefined;
  for (const read of READERS) {
    const found = read(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * What a message says: text as it is, or a list of parts. A part of an unknown form is kept as JSON. What is empty is left
 * out.
 */
export function contentParts(content: Json | undefined): MessagePart[] {
  if (content === undefined || content === null) return [];
  const list: readonly Json[] = Array.isArray(content) ? content : [content];
  return list.map((part): MessagePart => knownPart(part) ?? { type: 'json', value: part }).filter(saysSomething);
}

function saysSomething(part: MessagePart): boolean {
  return (part.type !== 'text' && part.type !== 'reasoning') || part.text !== '';
}
