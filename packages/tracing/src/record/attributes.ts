import { diag } from '@opentelemetry/api';
import { type ObservationType, SpanAttributeKeys } from '@powerrag/protocol';
import { isObject, ownValue, read } from '../base/inert.js';
import type { AttributeSink, SdkSpan } from '../base/sdk-span.js';
import { sharedState } from '../base/shared-state.js';
import { snapshot, snapshotJson } from '../base/snapshot.js';
import type { GenerationAttributes } from '../base/types.js';
import { warnOnce } from '../base/warn.js';
import { writeText } from './write.js';

/** By field name: the span attribute that gets the snapshot of the value, or a function that writes it. */
export type AttributeWriters = Readonly<Record<string, string | ((sink: AttributeSink, value: unknown) => void)>>;

/** Above this many keys, the rest of the metadata is sent as one JSON object: an SDK span takes 128 attributes by default. */
const MAX_METADATA_KEYS = 64;

const WRITERS: AttributeWriters = {
  input: SpanAttributeKeys.observationInput,
  output: SpanAttributeKeys.observationOutput,
  metadata: (sink, value) => writeMetadata(sink, SpanAttributeKeys.observationMetadata, value),
  level: SpanAttributeKeys.observationLevel,
  statusMessage: SpanAttributeKeys.observationStatusMessage,
  version: SpanAttributeKeys.version,
  environment: SpanAttributeKeys.environment,
  model: SpanAttributeKeys.observationModel,
  modelParameters: SpanAttributeKeys.observationModelParameters,
  usageDetails: SpanAttributeKeys.observationUsageDetails,
  costDetails: SpanAttributeKeys.observationCostDetails,
  // The ISO instant in quotes, which is its JSON.
  completionStartTime: (sink, value) =>
    writeText(sink, SpanAttributeKeys.observationCompletionStartTime, value && snapshotJson(value)),
  prompt: writePrompt,
};

/** Updates a span unless it has ended or does not record; never throws. */
export function updateSpan(span: SdkSpan, attributes: GenerationAttributes, type?: ObservationType): void {
  if (span.isRecording()) writeObservation(span, attributes, type);
  else if (span.ended) diag.debug('PowerRAG: an update after end() is ignored.');
}

/** Writes the given attributes in one pass; never throws. */
export function writeObservation(sink: AttributeSink, attributes: GenerationAttributes, type?: ObservationType): void {
  if (typeof type === 'string') sink.setAttribute(SpanAttributeKeys.observationType, type);
  writeAttributes(sink, WRITERS, attributes, type);
}

/**
 * Writes each attribute that has a writer. Never throws.
 * @param type the type of a new observation
 */
export function writeAttributes(
  sink: AttributeSink,
  fields: AttributeWriters,
  attributes: object,
  type?: ObservationType,
): void {
  try {
    for (const name in attributes) {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      const value: unknown = attributes[name as keyof typeof attributes];
      if (typeof field === 'string') writeText(sink, field, value);
      else field?.(sink, value);
    }
    sharedState().alsoWrite?.(sink, attributes, type);
  } catch (error) {
    warnOnce('attributes could not be read', error);
  }
}

export function writePrompt(sink: AttributeSink, prompt: unknown): void {
  if (!isObject(prompt) || read(prompt, 'isFallback')) return;
  const given = read(prompt, 'version');
  const version = typeof given === 'string' || typeof given === 'number' ? Number(given) : Number.NaN;
  writeText(sink, SpanAttributeKeys.observationPromptName, read(prompt, 'name'));
  if (Number.isFinite(version)) sink.setAttribute(SpanAttributeKeys.observationPromptVersion, version);
}

/** Each key of an object on its own, so that updates merge and a server can search by key. */
export function writeMetadata(sink: AttributeSink, prefix: string, metadata: unknown): void {
  const byKey = isObject(metadata) && !Array.isArray(metadata) ? metadata : {};
  const rest: Record<string, unknown> = {};
  for (const [index, key] of Object.keys(byKey).entries()) {
    const value = ownValue(byKey, key);
    if (index < MAX_METADATA_KEYS) writeText(sink, `${prefix}.${key}`, value);
    else rest[key] = value;
  }
  const text = snapshot(byKey === metadata ? rest : metadata);
  if (text !== undefined && text !== '{}') sink.setAttribute(prefix, text);
}
