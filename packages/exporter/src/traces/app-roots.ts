import { type Context, propagation, trace } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/sdk-trace-base';
import { SpanAttributeKeys } from '@powerrag/protocol';
import { ignoreRejection } from '../base/ignore-rejection.js';
import type { ShouldExportSpan } from '../choose/filter.js';
import { rootIsUpstream } from './session-baggage.js';

/**
 * Marks the first exported span of each local trace, which servers show as the application's root. Does nothing when the caller
 * says in baggage that the root is upstream.
 */
export class AppRoots {
  readonly #shouldExport: ShouldExportSpan | undefined;
  /** Exported spans, and spans below one. */
  readonly #covered = new WeakSet<object>();

  /** @param shouldExport called with spans that have just started. If it throws, the span is not marked. Default: export all. */
  constructor(shouldExport?: ShouldExportSpan) {
    this.#shouldExport = shouldExport;
  }

  started(span: Span, parentContext: Context): void {
    const parent = span.parentSpanContext;
    const isLocalRoot = parent === undefined || parent.isRemote === true;
    if (this.#shouldExport === undefined) {
      if (!isLocalRoot) return;
    } else {
      const parentSpan = isLocalRoot ? undefined : trace.getSpan(parentContext);
      const isBelow = parentSpan !== undefined && this.#covered.has(parentSpan);
      if (!isBelow && !isWanted(this.#shouldExport, span)) return;
      this.#covered.add(span);
      if (isBelow) return;
    }
    if (rootIsUpstream(propagation.getBaggage(parentContext), span.spanContext().traceId)) return;
    span.setAttribute(SpanAttributeKeys.isAppRoot, true);
  }
}

function isWanted(shouldExport: ShouldExportSpan, span: Span): boolean {
  try {
    const wanted = shouldExport({ otelSpan: span });
    ignoreRejection(wanted);
    return wanted;
  } catch {
    return false;
  }
}
