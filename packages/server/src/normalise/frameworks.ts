import type { ObservationType } from '@powerrag/protocol';
import { encodedTextAt, firstOf, type Rule } from './span-reader.js';

/**
 * What frameworks say of a span's type, user and tags in keys of their own: LangSmith's OpenTelemetry export (`langsmith.*`),
 * Mastra (`mastra.*`), Genkit (`genkit:*`), MLflow (`mlflow.*`). Their session ids are in session.ts.
 */

const LANGSMITH_KINDS: ReadonlyMap<string, ObservationType> = new Map([
  ['llm', 'generation'],
  ['embedding', 'embedding'],
  ['chain', 'chain'],
  ['tool', 'tool'],
  ['retriever', 'retriever'],
]);

const MASTRA_TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['agent_run', 'agent'],
  ['workflow_run', 'chain'],
  ['workflow_step', 'chain'],
  ['tool_call', 'tool'],
  ['mcp_tool_call', 'tool'],
  ['client_tool_call', 'tool'],
  ['model_inference', 'generation'],
]);

const GENKIT_SUBTYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['model', 'generation'],
  ['background-model', 'generation'],
  ['embedder', 'embedding'],
  ['flow', 'chain'],
  ['tool', 'tool'],
  ['tool.v2', 'tool'],
  ['retriever', 'retriever'],
  ['reranker', 'retriever'],
  ['evaluator', 'evaluator'],
]);

/** MLflow writes every value as JSON. */
const MLFLOW_TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['llm', 'generation'],
  ['chat_model', 'generation'],
  ['embedding', 'embedding'],
  ['agent', 'agent'],
  ['chain', 'chain'],
  ['workflow', 'chain'],
  ['tool', 'tool'],
  ['retriever', 'retriever'],
  ['reranker', 'retriever'],
  ['evaluator', 'evaluator'],
  ['guardrail', 'guardrail'],
]);

/** More particular than the operation that stands beside it. */
export const type: Rule<ObservationType> = (span) =>
  span.lookUp('langsmith.span.kind', LANGSMITH_KINDS) ??
  span.lookUp('mastra.span.type', MASTRA_TYPES) ??
  span.lookUp('genkit:metadata:subtype', GENKIT_SUBTYPES) ??
  span.lookUp('mlflow.spanType', MLFLOW_TYPES);

export const userId = encodedTextAt('langsmith.metadata.user_id', 'mastra.metadata.userId', 'mastra.metadata.user_id');

export const tags: Rule<readonly string[]> = firstOf(
  (span) => span.list('langsmith.span.tags'),
  (span) => span.list('mastra.tags'),
);

/** Their keys are metadata of the application under the prefix of the framework. */
export const METADATA_PREFIXES = ['langsmith.metadata.', 'mastra.metadata.'];
