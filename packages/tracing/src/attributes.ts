import { type AttributeValue, diag } from '@opentelemetry/api';
import { GenAiAttributeKeys, type ObservationType, SpanAttributeKeys } from '@powerrag/protocol';
import type { SdkSpan } from './sdk-span.js';
import { sharedState } from './shared-state.js';
import { read, snapshot } from './snapshot.js';
import type { GenerationAttributes } from './types.js';
import { usageByKind } from './usage.js';
import { warnOnce } from './warn.js';

/** Where attributes are written to: a span, or a collection of them. */
export interface AttributeSink {
  setAttribute(key: string, value: AttributeValue): unknown;
}

/** Beyond as many keys, metadata goes out as one JSON object: an SDK span takes 128 attributes unless told otherwise. */
const MAX_METADATA_KEYS = 64;

/** Attributes whose snapshot is their value on the wire. */
const PLAIN: Readonly<Record<string, string>> = {
  input: SpanAttributeKeys.observationInput,
  output: SpanAttributeKeys.observationOutput,
  level: SpanAttributeKeys.observationLevel,
  statusMessage: SpanAttributeKeys.observationStatusMessage,
  version: SpanAttributeKeys.version,
  environment: SpanAttributeKeys.environment,
  model: SpanAttributeKeys.observationModel,
  modelParameters: SpanAttributeKeys.observationModelParameters,
  costDetails: SpanAttributeKeys.observationCostDetails,
};

/** The operation of the GenAI conventions that a type stands for, where there is one. */
const OPERATIONS: Readonly<Record<string, string>> = {
  generation: 'chat',
  embedding: 'embeddings',
  agent: 'invoke_agent',
  tool: 'execute_tool',
  retriever: 'retrieval',
};

/** Updates a span unless it has ended or does not record; never throws. */
export function updateSpan(span: SdkSpan, attributes: GenerationAttributes, type?: ObservationType): void {
  if (!span.isRecording()) {
    if (span.ended) diag.debug('PowerRAG: an update after end() is ignored.');
    return;
  }
  writeObservation(span, attributes, type);
}

/** Writes what is given in one pass; never throws. */
export function writeObservation(sink: AttributeSink, attributes: GenerationAttributes, type?: ObservationType): void {
  try {
    if (type) writeType(sink, type);
    for (const name in attributes) {
      const value = attributes[name as keyof GenerationAttributes];
      if (value === undefined || value === null) continue;
      if (Object.hasOwn(PLAIN, name)) writeText(sink, PLAIN[name], value);
      else writeStructured(sink, name, value);
    }
    if (attributes?.model && sharedState().options.genAiAttributes) {
      writeText(sink, GenAiAttributeKeys.requestModel, attributes.model);
    }
  } catch (error) {
    warnOnce('attributes', `an observation's attributes could not be read: ${snapshot(error)}`);
  }
}

function writeType(sink: AttributeSink, type: ObservationType): void {
  sink.setAttribute(SpanAttributeKeys.observationType, type);
  const operation = OPERATIONS[type];
  if (operation && sharedState().options.genAiAttributes) {
    sink.setAttribute(GenAiAttributeKeys.operationName, operation);
  }
}

/** A value whose attributes on the wire follow from its structure. */
function writeStructured(sink: AttributeSink, name: string, value: unknown): void {
  if (name === 'metadata') writeMetadata(sink, SpanAttributeKeys.observationMetadata, value);
  else if (name === 'completionStartTime') {
    // The ISO instant in quotes, which is its JSON.
    writeText(sink, SpanAttributeKeys.observationCompletionStartTime, JSON.stringify(value));
  } else if (typeof value !== 'object' || value === null) return;
  else if (name === 'usageDetails') writeUsage(sink, value);
  else if (name === 'prompt') {
    const prompt = value as NonNullable<GenerationAttributes['prompt']>;
    if (prompt.isFallback) return;
    writeText(sink, SpanAttributeKeys.observationPromptName, prompt.name);
    if (Number.isFinite(prompt.version)) sink.setAttribute(SpanAttributeKeys.observationPromptVersion, prompt.version);
  }
}

function writeUsage(sink: AttributeSink, value: object): void {
  const usage = usageByKind(value);
  writeText(sink, SpanAttributeKeys.observationUsageDetails, usage);
  if (!sharedState().options.genAiAttributes) return;
  for (const [kind, key] of [
    ['input', GenAiAttributeKeys.inputTokens],
    ['output', GenAiAttributeKeys.outputTokens],
  ] as const) {
    // The convention counts the details in.
    const total = Object.entries(usage).reduce(
      (sum, [k, n]) => (k === kind || k.startsWith(`${kind}_`) ? sum + n : sum),
      0,
    );
    if (kind in usage) sink.setAttribute(key, total);
  }
}

/** Each key of an object on its own, so that updates merge and a server can search by key. */
export function writeMetadata(sink: AttributeSink, prefix: string, metadata: unknown): void {
  const keys = typeof metadata === 'object' && metadata && !Array.isArray(metadata) ? Object.keys(metadata) : [];
  for (const key of keys.slice(0, MAX_METADATA_KEYS)) {
    writeText(sink, `${prefix}.${key}`, read(metadata as object, key));
  }
  const rest = keys.slice(MAX_METADATA_KEYS);
  if (rest.length > 0)
    writeText(sink, prefix, Object.fromEntries(rest.map((key) => [key, read(metadata as object, key)])));
  else if (keys.length === 0) {
    const text = snapshot(metadata);
    if (text !== '{}') writeText(sink, prefix, text);
  }
}

export function writeText(sink: AttributeSink, key: string | undefined, value: unknown): void {
  const text = snapshot(value);
  if (key !== undefined && text !== undefined) sink.setAttribute(key, text);
}
