import { type Context, propagation, trace } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/sdk-trace-base';
import { SpanAttributeKeys } from '@powerrag/protocol';
import { ignoreRejection } from '../base/ignore-rejection.js';
import type { ShouldExportSpan } from '../choose/filter.js';
import { rootIsUpstream } from './session-baggage.js';

/**
 * Marks the first exported span of each local trace, for servers that show it as the root of what the application did. Not where
 * a caller says in baggage that the root is upstream.
 */
export class AppRoots {
  readonly #shouldExport: ShouldExportSpan | undefined;
  /** Spans that are exported, or below one that is. */
  readonly #covered = new WeakSet<object>();

  /** @param shouldExport is asked about spans that have just started; where it throws, the span is no root. Default: every span is exported. */
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
