import { isValidTraceId, TraceFlags } from '@opentelemetry/api';
import { UNSAMPLED_LISTENERS, type UnsampledListeners, type UnsampledSpan } from '@powerrag/protocol';

interface Globals {
  [UNSAMPLED_LISTENERS]?: UnsampledListeners;
}

export interface UnsampledOptions {
  /** Called for each observation that is not recorded. */
  readonly onUnsampled: () => void;
  /** Called for each whose parent, which no sampler here decided on, is the reason: the application may not know of it. */
  readonly onUnsampledParent: () => void;
}

/**
 * Learns from the tracing package of observations that are not recorded, since a sampler or their parent says so. Not of those
 * within `suppressTracing`, which asks for just that.
 * @returns a function that stops it
 */
export function watchUnsampled({ onUnsampled, onUnsampledParent }: UnsampledOptions): () => void {
  const globals: typeof globalThis & Globals = globalThis;
  globals[UNSAMPLED_LISTENERS] ??= new Set();
  const listeners = globals[UNSAMPLED_LISTENERS];
  /** Observations without a parent that a sampler left out, and those below them. */
  const leftOutBySampler = new WeakSet<object>();

  function listener(span: UnsampledSpan, parent: UnsampledSpan | undefined): void {
    try {
      if (!isUnsampled(span)) return;
      onUnsampled();
      if (parent === undefined || leftOutBySampler.has(parent)) leftOutBySampler.add(span);
      else if (isUnsampled(parent)) onUnsampledParent();
    } catch {
      // A span of somebody else that throws.
    }
  }

  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function isUnsampled(span: UnsampledSpan): boolean {
  const { traceFlags, traceId } = span.spanContext();
  return isValidTraceId(traceId) && (traceFlags & TraceFlags.SAMPLED) === 0;
}
