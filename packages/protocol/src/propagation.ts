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

/**
 * Under this key the global object has an `UnsampledListeners`. Exporters add themselves; the tracing package calls them. A span that
 * is not recorded reaches no span processor, so nobody else can count it.
 */
export const UNSAMPLED_LISTENERS: unique symbol = Symbol.for('powerrag.unsampled-listeners');

/**
 * They are called for each observation that is not recorded although there is a tracer provider. They never throw.
 * @param span the span of the observation; it is not recording
 * @param parent the span of the context in which it was started
 */
export type UnsampledListeners = Set<(span: UnsampledSpan, parent: UnsampledSpan | undefined) => void>;

/** As much of an OpenTelemetry span as a listener needs. */
export interface UnsampledSpan {
  spanContext(): { readonly traceId: string; readonly traceFlags: number };
}

/**
 * The member of W3C `tracestate`, with this value, that marks the trace of a request which carries spans. Nobody is to record such a
 * trace: its spans would be exported, in requests that are traced, and so on.
 */
export const EXPORT_TRACE_STATE = { key: 'powerrag', value: 'export' } as const;

/**
 * The W3C baggage entries that carry trace attributes between services; Langfuse SDKs read and write the same. Values are
 * percent-encoded, as W3C asks.
 */
export const BaggageKeys = {
  /** The user id. */
  userId: 'langfuse_user_id',
  /** The session id. */
  sessionId: 'langfuse_session_id',
  /** The version. */
  version: 'langfuse_version',
  /** The name of the trace. */
  traceName: 'langfuse_trace_name',
  /** The environment. */
  environment: 'langfuse_environment',
  /**
   * The tags.
   * @wire text, joined by commas
   */
  tags: 'langfuse_tags',
  /** Metadata of the trace, followed by `_<key>`. */
  metadata: 'langfuse_metadata',
  /** Name of the prompt. */
  promptName: 'langfuse_prompt_name',
  /**
   * Version of the prompt.
   * @wire digits
   */
  promptVersion: 'langfuse_prompt_version',
  /** The trace whose root observation is upstream. */
  traceId: 'langfuse_trace_id',
} as const;

/**
 * Under this key the global object has the base URL of the server that the spans of this process go to, without a slash at its end. The
 * exporter sets it; the tracing package builds addresses of the page from it.
 */
export const SERVER_URL: unique symbol = Symbol.for('powerrag.server-url');
