import type { ObservationType } from '@powerrag/protocol';
import { encodedTextAt, firstOf, type Rule } from './span-reader.js';
import { countsOf, usageFrom } from './usage.js';

/**
 * What frameworks say of a span's type, user and tags in keys of their own: LangSmith's OpenTelemetry export (`langsmith.*`)
 * and Mastra (`mastra.*`). Their session ids are in session.ts.
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

/** More particular than the operation that stands beside it. */
export const type: Rule<ObservationType> = (span) =>
  span.lookUp('langsmith.span.kind', LANGSMITH_KINDS) ?? span.lookUp('mastra.span.type', MASTRA_TYPES);

export const userId = encodedTextAt(
  'langsmith.metadata.user_id',
  'mastra.metadata.userId',
  'mastra.metadata.user_id',
  'mastra.metadata.resourceId',
  'mlflow.trace.user',
);

/** Tags by which LangChain and LangGraph say which step of a sequence, graph or map a run was. They are of no application. */
const TAG_OF_STEP = /^(?:(?:seq|graph):step:\d+|map:key:.*|langsmith:(?:hidden|nostream))$/;

export const tags: Rule<readonly string[]> = firstOf(
  (span) => {
    const given = span.list('langsmith.span.tags')?.filter((tag) => !TAG_OF_STEP.test(tag));
    return given?.length === 0 ? undefined : given;
  },
  (span) => span.list('mastra.tags'),
);

/** LangSmith has the parts of the counts in its metadata alone. */
export const usage: Rule<Readonly<Record<string, number>>> = (span) => {
  const given = span.mentions('langsmith') ? span.object('langsmith.metadata.usage_metadata') : undefined;
  const counts = given && usageFrom(countsOf(given));
  if (counts !== undefined) for (const name of COPIED_COUNTS) span.claim(`gen_ai.usage.${name}`);
  return counts;
};

const COPIED_COUNTS = ['input_tokens', 'output_tokens', 'total_tokens'];

/** Their keys are metadata of the application under the prefix of the framework. */
export const METADATA_PREFIXES = ['langsmith.metadata.', 'mastra.metadata.'];
