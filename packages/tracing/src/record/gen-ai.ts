import { GenAiAttributeKeys, type ObservationType, SpanAttributeKeys, usageByKind } from '@powerrag/protocol';
import { isObject } from '../base/inert.js';
import type { AttributeSink } from '../base/sdk-span.js';
import type { GenerationAttributes } from '../base/types.js';
import { writeText } from './write.js';

/** The operation of the GenAI conventions that a type stands for, where there is one. */
const OPERATIONS: Partial<Record<ObservationType, string>> = {
  generation: 'chat',
  embedding: 'embeddings',
  agent: 'invoke_agent',
  tool: 'execute_tool',
  retriever: 'retrieval',
};

/**
 * Writes the token counts of a provider's usage object by kind, instead of the object. A PowerRAG server reads the object itself; a
 * Langfuse server may reject an observation for one that it does not know.
 */
export function writeUsageByKind(sink: AttributeSink, { usageDetails }: GenerationAttributes): void {
  if (isObject(usageDetails))
    writeText(sink, SpanAttributeKeys.observationUsageDetails, usageByKind(usageDetails) ?? {});
}

/** Writes the attributes of the OpenTelemetry GenAI conventions that say the same as the ones of ours just written. */
export function writeGenAi(sink: AttributeSink, attributes: GenerationAttributes, type?: ObservationType): void {
  const { model, usageDetails } = attributes;
  const operation = type && OPERATIONS[type];
  const conversation = sink.attributes?.[SpanAttributeKeys.sessionId];
  if (operation) sink.setAttribute(GenAiAttributeKeys.operationName, operation);
  if (conversation !== undefined) sink.setAttribute(GenAiAttributeKeys.conversationId, conversation);
  writeText(sink, GenAiAttributeKeys.requestModel, model);
  const usage = isObject(usageDetails) ? (usageByKind(usageDetails) ?? {}) : {};
  for (const kind of ['input', 'output'] as const) {
    if (!(kind in usage)) continue;
    // In the convention, these counts include their details.
    const parts = Object.entries(usage).filter(([name]) => name === kind || name.startsWith(`${kind}_`));
    sink.setAttribute(
      GenAiAttributeKeys[`${kind}Tokens`],
      parts.reduce((sum, [, count]) => sum + count, 0),
    );
  }
}
