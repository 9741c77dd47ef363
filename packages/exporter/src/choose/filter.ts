import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/**
 * Whether a span that has ended is sent. Traces are followed through spans that are not. It is asked when a span starts as well,
 * to mark the first one of its trace that will be sent.
 */
export type ShouldExportSpan = (span: { readonly otelSpan: ReadableSpan }) => boolean;

/** Scopes of libraries that trace calls of language models; a scope below one of them counts too. */
const LLM_SCOPES = [
  'powerrag',
  'langfuse-sdk',
  'agent_framework',
  'haystack',
  'langsmith',
  'litellm',
  'openinference',
  ...[
    'anthropic',
    'aws_bedrock',
    'bedrock',
    'gemini',
    'google_genai',
    'google_generativeai',
    'openai',
    'openai_v2',
    'vertex_ai',
    'vertexai',
  ].map((library) => `opentelemetry.instrumentation.${library}`),
  'strands-agents',
  'vllm',
];

/** Sends only what has to do with language models: our own spans, those with a `gen_ai.` attribute, and those of known libraries. */
export const llmSpansOnly: ShouldExportSpan = ({ otelSpan }) => {
  const scope = otelSpan.instrumentationScope.name;
  if (scope === 'ai' || LLM_SCOPES.some((known) => scope === known || scope.startsWith(`${known}.`))) return true;
  for (const key in otelSpan.attributes) if (key.startsWith('gen_ai.')) return true;
  return false;
};
