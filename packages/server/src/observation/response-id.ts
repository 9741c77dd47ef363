import type { Json } from '@powerrag/protocol';

/**
 * The keys under which clients write the provider's id of the answer: OpenTelemetry's, the AI SDK's, LiteLLM's for Arize, and
 * Langtrace's.
 */
const KEYS = ['gen_ai.response.id', 'ai.response.id', 'llm.response.id', 'gen_ai.response_id'];

/** Longer than the ids of all providers. */
const MAX_LENGTH = 200;

/** An answer as the APIs of OpenAI and Anthropic send it, and OpenRouter, which begins with its id. */
const RAW_ANSWER = /^\s*\{\s*"id"\s*:\s*"((?:chatcmpl|cmpl|resp|msg|gen)[-_][^"\\]{1,190})"/;
/** Characters of an answer in which it is looked for. */
const BEGINNING = 300;

/**
 * The provider's id of the answer to a model call, from the metadata of its observation, or from its output where that is the whole
 * answer of an API. Null where it has none.
 */
export function responseIdOf(metadata: Readonly<Record<string, Json>>, output: string | null): string | null {
  for (const key of KEYS) {
    const id = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
    if (typeof id === 'string' && id !== '' && id.length <= MAX_LENGTH) return id;
  }
  return RAW_ANSWER.exec(output?.slice(0, BEGINNING) ?? '')?.[1] ?? null;
}
