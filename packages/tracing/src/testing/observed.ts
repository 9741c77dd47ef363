import { type AttributeValue, type HrTime, SpanStatusCode } from '@opentelemetry/api';
import {
  type ObservationLevel,
  type ObservationType,
  SpanAttributeKeys,
  TRACE_UPDATE_ORDER,
  type TraceUpdateOrder,
  usageByKind,
} from '@powerrag/protocol';
import type { SdkSpan } from '../base/sdk-span.js';
import { toMilliseconds } from '../base/time.js';
import type { MemorySpan } from './memory-span.js';

/** What was recorded of a whole trace, by whichever of its observations, as far as they have run. The latest value stands. */
export interface ObservedTrace {
  readonly id: string;
  readonly name: string | undefined;
  readonly sessionId: string | undefined;
  readonly userId: string | undefined;
  readonly input: unknown;
  readonly output: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Of all observations of the trace, each once. */
  readonly tags: readonly string[];
  readonly version: string | undefined;
  readonly release: string | undefined;
  readonly environment: string | undefined;
  readonly public: boolean;
}

/**
 * An observation as it was recorded. What was recorded as JSON (inputs, outputs, metadata) is parsed; a text that is JSON itself is
 * so too. `attributes` has the text.
 */
export interface ObservedObservation {
  /** 16 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly type: ObservationType;
  /** The observation that it is a child of; undefined for the root of a trace, and where the parent was not observed here. */
  readonly parent: ObservedObservation | undefined;
  readonly parentId: string | undefined;
  readonly input: unknown;
  readonly output: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly level: ObservationLevel;
  readonly statusMessage: string | undefined;
  readonly model: string | undefined;
  readonly modelParameters: Readonly<Record<string, unknown>> | undefined;
  readonly usageDetails: Readonly<Record<string, number>> | undefined;
  readonly costDetails: Readonly<Record<string, number>> | undefined;
  /** By the clock of the test: a faked `Date` counts. */
  readonly startTime: Date;
  /** Undefined while it runs. */
  readonly endTime: Date | undefined;
  /** The trace's. */
  readonly sessionId: string | undefined;
  /** The trace's. */
  readonly userId: string | undefined;
  readonly trace: ObservedTrace;
  /** The span's attributes as they go over the wire. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

const K = SpanAttributeKeys;
const TRACE_KEYS: ReadonlySet<string> = new Set([
  ...[K.traceName, K.traceInput, K.traceOutput, K.traceMetadata, K.tracePublic, K.userId, K.sessionId],
  ...[K.release, K.version, K.environment],
]);

/** @param all every span that has been started: parents and traces are looked up there */
export function viewOf(span: MemorySpan, all: readonly MemorySpan[]): ObservedObservation {
  const { spanId, traceId } = span.spanContext();
  const attributes = definedOf(span.attributes);
  const trace = traceOf(
    traceId,
    all.filter((other) => other.spanContext().traceId === traceId),
  );
  const parentSpan = all.find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId);
  const view = {
    id: spanId,
    name: span.name,
    type: (attributes[K.observationType] ?? 'span') as ObservationType,
    parentId: span.parentSpanContext?.spanId,
    input: parsed(attributes[K.observationInput]),
    output: parsed(attributes[K.observationOutput]),
    metadata: metadataIn(attributes, K.observationMetadata),
    level: (attributes[K.observationLevel] ??
      (span.status.code === SpanStatusCode.ERROR ? 'ERROR' : 'DEFAULT')) as ObservationLevel,
    statusMessage: textIn(attributes, K.observationStatusMessage) ?? span.status.message,
    model: textIn(attributes, K.observationModel),
    modelParameters: parsed(attributes[K.observationModelParameters]) as Record<string, unknown> | undefined,
    usageDetails: usageOf(parsed(attributes[K.observationUsageDetails])),
    costDetails: parsed(attributes[K.observationCostDetails]) as Record<string, number> | undefined,
    startTime: dateOf(span.startTime),
    endTime: span.endTime && dateOf(span.endTime),
    sessionId: trace.sessionId,
    userId: trace.userId,
    trace,
    attributes,
  };
  // Not enumerable: a snapshot of an observation would show all its ancestors otherwise.
  return Object.defineProperty(view, 'parent', {
    get: () => parentSpan && viewOf(parentSpan, all),
  }) as ObservedObservation;
}

function traceOf(id: string, spans: readonly SdkSpan[]): ObservedTrace {
  const values: Record<string, AttributeValue> = {};
  const orders: Record<string, number> = {};
  const tags = new Set<string>();
  for (const span of spans) {
    const order: TraceUpdateOrder = span[TRACE_UPDATE_ORDER] ?? {};
    for (const [key, value] of Object.entries(definedOf(span.attributes ?? {}))) {
      if (key === K.traceTags) for (const tag of [value].flat()) tags.add(String(tag));
      else if (isTraceKey(key) && (order[key] ?? 0) >= (orders[key] ?? 0)) {
        values[key] = value;
        orders[key] = order[key] ?? 0;
      }
    }
  }
  return {
    id,
    name: textIn(values, K.traceName),
    sessionId: textIn(values, K.sessionId),
    userId: textIn(values, K.userId),
    input: parsed(values[K.traceInput]),
    output: parsed(values[K.traceOutput]),
    metadata: metadataIn(values, K.traceMetadata),
    tags: [...tags],
    version: textIn(values, K.version),
    release: textIn(values, K.release),
    environment: textIn(values, K.environment),
    public: values[K.tracePublic] === true,
  };
}

function isTraceKey(key: string): boolean {
  return TRACE_KEYS.has(key) || key.startsWith(`${K.traceMetadata}.`);
}

function metadataIn(attributes: Readonly<Record<string, AttributeValue>>, prefix: string): Record<string, unknown> {
  const whole = parsed(attributes[prefix]);
  const metadata: Record<string, unknown> = whole && typeof whole === 'object' ? { ...whole } : {};
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith(`${prefix}.`)) metadata[key.slice(prefix.length + 1)] = parsed(value);
  }
  return metadata;
}

function textIn(attributes: Readonly<Record<string, AttributeValue>>, key: string): string | undefined {
  const value = attributes[key];
  return value === undefined ? undefined : String(value);
}

/** Token counts by kind, also where a provider's usage object was recorded. */
function usageOf(usage: unknown): Record<string, number> | undefined {
  return typeof usage === 'object' && usage !== null ? usageByKind(usage) : undefined;
}

/** The value of JSON; anything else as it is. */
function parsed(value: AttributeValue | undefined): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function definedOf(attributes: Readonly<Record<string, AttributeValue | undefined>>): Record<string, AttributeValue> {
  const defined: Record<string, AttributeValue> = {};
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) defined[key] = value;
  return defined;
}

function dateOf(time: HrTime): Date {
  return new Date(toMilliseconds(time));
}
