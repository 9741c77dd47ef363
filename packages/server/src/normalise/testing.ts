import { readFileSync } from 'node:fs';
import type { Json } from '@powerrag/protocol';
import type { OtlpSpan } from '../otlp/otlp.js';

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

interface Recording {
  readonly spans: readonly {
    readonly name: string;
    /** Index of the parent in `spans`. */
    readonly parent: number | null;
    readonly scope: string;
    readonly attributes: Readonly<Record<string, Json>>;
    readonly events?: readonly { readonly name: string; readonly attributes: Readonly<Record<string, Json>> }[];
  }[];
}

/** Spans as a real instrumentation made them, in the order in which they started: one of `recorded/`, which says how. */
export function recordedSpans(name: string): OtlpSpan[] {
  const file = new URL(`recorded/${name}.json`, import.meta.url);
  const { spans } = JSON.parse(readFileSync(file, 'utf8')) as Recording;
  return spans.map(({ parent, scope, attributes, events = [], ...span }, index) => {
    const timeUnixNano = 1_777_888_800_000_000_000n + BigInt(index) * 1_000_000n;
    return spanWith(attributes, {
      name: span.name,
      spanId: spanId(index),
      parentSpanId: parent === null ? null : spanId(parent),
      startUnixNano: timeUnixNano,
      scope: { name: scope, version: '', attributes: new Map() },
      events: events.map((event) => ({
        name: event.name,
        timeUnixNano,
        attributes: new Map(Object.entries(event.attributes)),
      })),
    });
  });
}

function spanId(index: number): string {
  return (index + 1).toString(16).padStart(16, '0');
}
