import type { TraceUpdateOrder } from './trace-update.js';

/**
 * Under this OpenTelemetry context key are the trace attributes that every span started in the context begins with, unless it
 * has them already: a `PropagatedAttributes`. The tracing package writes it; a span processor reads it for spans that other
 * instrumentation starts.
 */
export const PROPAGATED_ATTRIBUTES: unique symbol = Symbol.for('powerrag.propagated-attributes');

/** Flat span attributes, and by the same keys the order of the calls that gave them (see `TRACE_UPDATE_ORDER`). */
export interface PropagatedAttributes {
  readonly order: TraceUpdateOrder;
  readonly attributes: Readonly<Record<string, string | number | boolean | string[]>>;
}

/** The W3C baggage entries that carry trace attributes between services; Langfuse SDKs read and write the same. */
export const BaggageKeys = {
  userId: 'langfuse_user_id',
  sessionId: 'langfuse_session_id',
  version: 'langfuse_version',
  traceName: 'langfuse_trace_name',
  environment: 'langfuse_environment',
  /** Joined by commas. */
  tags: 'langfuse_tags',
  /** Followed by `_<key>`. */
  metadata: 'langfuse_metadata',
  promptName: 'langfuse_prompt_name',
  promptVersion: 'langfuse_prompt_version',
  /** The trace whose root observation is upstream. */
  traceId: 'langfuse_trace_id',
} as const;
