import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/**
 * Decides whether a span is sent. Called when a span ends, and also when it starts, to mark the first span of its trace that will
 * be sent. Trace attributes pass through spans that are not sent.
 */
export type ShouldExportSpan = (span: { readonly otelSpan: ReadableSpan }) => boolean;

/** Instrumentation scopes of libraries that trace language models. A scope below one of them counts too. */
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

/** Sends only spans about language models: our own, those with a `gen_ai.` attribute, and those of known libraries. */
export const llmSpansOnly: ShouldExportSpan = ({ otelSpan }) => {
  const scope = otelSpan.instrumentationScope.name;
  if (scope === 'ai' || LLM_SCOPES.some((known) => scope === known || scope.startsWith(`${known}.`))) return true;
  for (const key in otelSpan.attributes) if (key.startsWith('gen_ai.')) return true;
  return false;
};
