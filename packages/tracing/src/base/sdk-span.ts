import type { AttributeValue, HrTime, Span } from '@opentelemetry/api';
import type { TRACE_UPDATE_ORDER, TraceUpdateOrder } from '@powerrag/protocol';

/** Where attributes are written to: a span, or a collection of them. */
export interface AttributeSink {
  /** The attributes that are there already, where they are known. */
  readonly attributes?: Readonly<Record<string, AttributeValue | undefined>>;
  setAttribute(key: string, value: AttributeValue): unknown;
}

/** What spans of the OpenTelemetry SDK have beyond the API. A span of another SDK may have none of it. */
export interface SdkSpan extends Span {
  readonly attributes?: Readonly<Record<string, AttributeValue | undefined>>;
  readonly startTime?: HrTime;
  readonly ended?: boolean;
  [TRACE_UPDATE_ORDER]?: TraceUpdateOrder;
}

/** An attribute that the span has already, where the span shows its attributes. */
export function attributeOf(span: SdkSpan, key: string): AttributeValue | undefined {
  return span.attributes?.[key];
}
