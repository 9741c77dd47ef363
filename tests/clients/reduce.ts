import { isDeepStrictEqual } from 'node:util';
import type { Json } from '@powerrag/protocol';
import { normalise } from '../../packages/server/src/normalise/index.js';
import type { Attributes, OtlpSpan } from '../../packages/server/src/otlp/otlp.js';

/** Attributes without which a recording would not say where it comes from. */
const KEPT_OF_RESOURCE = /^(service\.name|telemetry\.sdk\.name|deployment\.)/;

/** A stack trace says no more than the message beside it, and where it was made. */
const LEFT_OUT_OF_EVENTS = 'exception.stacktrace';

/** The spans as OTLP/JSON, without the attributes that the server reads nothing from. */
export function reduce(spans: readonly OtlpSpan[]): { service: object[]; spans: object[] } {
  const resource = spans[0]?.resource ?? new Map();
  const kept = new Map([...resource].filter(([key]) => KEPT_OF_RESOURCE.test(key)));
  return { service: encode(kept), spans: spans.map((span) => toJson(withoutUnread({ ...span, resource: kept }))) };
}

function withoutUnread(span: OtlpSpan): OtlpSpan {
  const right = understood(span);
  const attributes = new Map(span.attributes);
  for (const key of span.attributes.keys()) {
    const value = attributes.get(key);
    attributes.delete(key);
    if (value !== undefined && !isDeepStrictEqual(understood({ ...span, attributes }), right))
      attributes.set(key, value);
  }
  return { ...span, attributes: new Map([...span.attributes].filter(([key]) => attributes.has(key))) };
}

function understood(span: OtlpSpan) {
  const { body, ...observation } = normalise(span);
  return { ...observation, input: body.input, output: body.output };
}

function toJson({ traceId, spanId, parentSpanId, ...span }: OtlpSpan): object {
  const events = span.events.map(({ name, timeUnixNano, attributes }) => ({
    name,
    timeUnixNano: String(timeUnixNano),
    attributes: encode(new Map([...attributes].filter(([key]) => key !== LEFT_OUT_OF_EVENTS))),
  }));
  const code = { unset: 0, ok: 1, error: 2 }[span.status.code];
  return {
    scope: span.scope.name,
    traceId,
    spanId,
    ...(parentSpanId === null ? {} : { parentSpanId }),
    name: span.name,
    startTimeUnixNano: String(span.startUnixNano),
    ...(span.endUnixNano === null ? {} : { endTimeUnixNano: String(span.endUnixNano) }),
    attributes: encode(span.attributes),
    ...(events.length === 0 ? {} : { events }),
    ...(code === 0 ? {} : { status: { code, message: span.status.message.slice(0, 300) } }),
  };
}

function encode(attributes: Attributes): object[] {
  return [...attributes].map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Json): object {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: (value as readonly Json[]).map(anyValue) } };
  return { kvlistValue: { values: Object.entries(value).map(([key, held]) => ({ key, value: anyValue(held) })) } };
}
