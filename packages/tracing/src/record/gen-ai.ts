import { GenAiAttributeKeys, type ObservationType, SpanAttributeKeys } from '@powerrag/protocol';
import type { AttributeSink } from '../base/sdk-span.js';
import type { GenerationAttributes } from '../base/types.js';
import { writeText } from './attributes.js';
import { usageByKind } from './usage.js';

/** The operation of the GenAI conventions that a type stands for, where there is one. */
const OPERATIONS: Partial<Record<ObservationType, string>> = {
  generation: 'chat',
  embedding: 'embeddings',
  agent: 'invoke_agent',
  tool: 'execute_tool',
  retriever: 'retrieval',
};

/** Writes the attributes of the OpenTelemetry GenAI conventions that say the same as what has just been written of ours. */
export function writeGenAi(sink: AttributeSink, attributes: GenerationAttributes, type?: ObservationType): void {
  const { model, usageDetails } = attributes;
  const operation = type && OPERATIONS[type];
  const conversation = sink.attributes?.[SpanAttributeKeys.sessionId];
  if (operation) sink.setAttribute(GenAiAttributeKeys.operationName, operation);
  if (conversation !== undefined) sink.setAttribute(GenAiAttributeKeys.conversationId, conversation);
  writeText(sink, GenAiAttributeKeys.requestModel, model);
  const usage = usageByKind(usageDetails) ?? {};
  for (const kind of ['input', 'output'] as const) {
    if (!(kind in usage)) continue;
    // The convention counts the details in.
    const parts = Object.entries(usage).filter(([name]) => name === kind || name.startsWith(`${kind}_`));
    sink.setAttribute(
      GenAiAttributeKeys[`${kind}Tokens`],
      parts.reduce((sum, [, count]) => sum + count, 0),
    );
  }
}
