import type { Json } from '@powerrag/protocol';
import type { OtlpSpan } from '../otlp.js';

/** A span of one second that carries these attributes, for tests. */
export function spanWith(attributes: Readonly<Record<string, Json>>, others: Partial<OtlpSpan> = {}): OtlpSpan {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: null,
    name: 'span',
    startUnixNano: 1_777_888_800_000_000_000n,
    endUnixNano: 1_777_888_801_000_000_000n,
    attributes: new Map(Object.entries(attributes)),
    events: [],
    status: { code: 'unset', message: '' },
    resource: new Map(),
    scope: { name: '', version: '', attributes: new Map() },
    ...others,
  };
}
