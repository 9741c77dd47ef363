import type { Json } from '@powerrag/protocol';
import { plural } from '../base/plural.js';
import { type DecodedSpans, doubleValue, integerValue, SpanCollector } from './collector.js';
import { checkJsonShape } from './json-shape.js';
import type { IngestLimits } from './limits.js';
import type { OtlpEvent, OtlpSpan } from './otlp.js';
import { Refusal } from './refusal.js';
import { allSteps } from './steps.js';
import { keptId } from './text.js';

/**
 * Decodes an `ExportTraceServiceRequest` in OTLP/JSON, one span at each step; the JSON is parsed at the first. Throws a `Refusal`:
 * 400 for an invalid body, 413 over a limit of the request.
 */
export function* decodeJsonSteps(body: Uint8Array, limits: IngestLimits): Generator<void, DecodedSpans> {
  const collector = new SpanCollector(limits);
  for (const resourceSpans of list(parse(body, limits), 'resourceSpans', 'The request')) {
    collector.countEntry();
    yield* apart(collector, resourceSpans, readResourceSpans(resourceSpans, collector));
  }
  return { spans: collector.spans, rejected: collector.rejected };
}

/** All steps of `decodeJsonSteps` at once. */
export function decodeJson(body: Uint8Array, limits: IngestLimits): DecodedSpans {
  return allSteps(decodeJsonSteps(body, limits));
}

function* readResourceSpans(value: Json, collector: SpanCollector): Generator<void> {
  const resource = new AttributeReader(collector);
  resource.readAll(fieldOf(record(value, 'resourceSpans'), 'resource'), 'resource');
  for (const scopeSpans of list(value, 'scopeSpans', 'resourceSpans')) {
    collector.countEntry();
    yield* apart(collector, scopeSpans, readScopeSpans(scopeSpans, collector, resource));
  }
}

function* readScopeSpans(value: Json, collector: SpanCollector, resource: AttributeReader): Generator<void> {
  const attributes = new AttributeReader(collector);
  const scopeRecord = fieldOf(record(value, 'scopeSpans'), 'scope');
  attributes.readAll(scopeRecord, 'scope');
  const scope: OtlpSpan['scope'] = {
    name: attributes.text(scopeRecord, 'name'),
    version: attributes.text(scopeRecord, 'version'),
    attributes: attributes.map,
  };
  for (const span of list(value, 'spans', 'scopeSpans')) {
    collector.startSpan();
    readSpan(span, collector, { resource: resource.map, scope, fault: resource.fault ?? attributes.fault });
    yield;
  }
}

/** Reads what stands around spans or log records. What is wrong there rejects those within it, and none beside it. */
export function* apart(collector: SpanCollector, value: Json, reading: Generator<void>): Generator<void> {
  try {
    yield* reading;
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 400) throw error;
    collector.rejected.add(error.message, Math.max(1, itemsIn(value)));
  }
}

/** How many spans or log records stand within, as far as can be told. */
function itemsIn(value: Json | undefined): number {
  if (typeof value !== 'object' || value === null || isList(value)) return 0;
  const items = value.spans ?? value.logRecords;
  const scopes = value.scopeSpans ?? value.scopeLogs;
  if (items !== undefined) return isList(items) ? items.length : 0;
  return scopes !== undefined && isList(scopes)
    ? scopes.reduce((sum: number, scope: Json) => sum + itemsIn(scope), 0)
    : 0;
}

export type JsonRecord = { readonly [key: string]: Json };

const utf8 = new TextDecoder();

export function parse(body: Uint8Array, limits: IngestLimits): JsonRecord {
  const shape = checkJsonShape(body, limits);
  if (shape === 'empty') return {};
  let value: Json;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch (error) {
    throw new Refusal(400, `The body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return record(value, 'The request');
}

function readSpan(
  value: Json,
  collector: SpanCollector,
  context: { resource: ReadonlyMap<string, Json>; scope: OtlpSpan['scope']; fault: string | null },
): void {
  const attributes = new AttributeReader(collector);
  let fault = context.fault;
  const events: OtlpEvent[] = [];
  try {
    const span = record(value, 'spans');
    attributes.readAll(span, 'span');
    const allEvents = list(span, 'events', 'span');
    const keptEvents = allEvents.slice(0, collector.limits.events);
    if (keptEvents.length < allEvents.length) collector.leaveOutEvents(allEvents.length - keptEvents.length);
    for (const event of keptEvents) {
      collector.countEntry();
      const eventRecord = record(event, 'events');
      const eventAttributes = new AttributeReader(collector);
      eventAttributes.readAll(eventRecord, 'event');
      fault ??= eventAttributes.fault;
      events.push({
        name: eventAttributes.text(eventRecord, 'name'),
        timeUnixNano: unixNano(eventRecord, 'timeUnixNano'),
        attributes: eventAttributes.map,
      });
    }
    const status = fieldOf(span, 'status');
    collector.add({
      traceId: text(span, 'traceId').toLowerCase(),
      spanId: text(span, 'spanId').toLowerCase(),
      parentSpanId: text(span, 'parentSpanId').toLowerCase(),
      name: attributes.text(span, 'name'),
      startUnixNano: unixNano(span, 'startTimeUnixNano'),
      endUnixNano: unixNano(span, 'endTimeUnixNano'),
      attributes: attributes.map,
      events,
      status: { code: statusCode(status), message: attributes.text(status, 'message') },
      resource: context.resource,
      scope: context.scope,
      fault: fault ?? attributes.fault,
    });
  } catch (error) {
    // A field of the wrong kind rejects its span, not the others.
    if (!(error instanceof Refusal) || error.status !== 400) throw error;
    collector.rejected.add(error.message);
  }
}

export class AttributeReader {
  readonly map = new Map<string, Json>();
  fault: string | null = null;
  readonly #collector: SpanCollector;

  constructor(collector: SpanCollector) {
    this.#collector = collector;
  }

  /** Reads the `attributes` of a span, event, resource or scope. */
  readAll(owner: JsonRecord, where: string): void {
    for (const item of list(owner, 'attributes', where)) {
      const keyValue = record(item, 'attributes');
      const key = keptId(this.text(keyValue, 'key'));
      if (!this.map.has(key) && !this.#collector.admits(this.map.size, key)) continue;
      this.#collector.countEntry();
      this.map.set(key, this.#value(keyValue.value ?? null, 1));
    }
  }

  text(owner: JsonRecord, key: string): string {
    return this.#collector.text(text(owner, key));
  }

  /** Reads an `AnyValue` that stands alone. */
  value(any: Json | undefined): Json {
    return this.#value(any ?? null, 1);
  }

  #value(any: Json, depth: number): Json {
    if (any === null) return null;
    const value = record(any, 'value');
    if (isGiven(value.stringValue)) return this.text(value, 'stringValue');
    if (isGiven(value.boolValue)) return value.boolValue === true || value.boolValue === 'true';
    if (isGiven(value.intValue)) return integerValue(integer(value.intValue, 'intValue'));
    if (isGiven(value.doubleValue)) return doubleValue(double(value.doubleValue));
    if (isGiven(value.bytesValue)) return this.text(value, 'bytesValue');
    const isArray = isGiven(value.arrayValue);
    if (!isArray && !isGiven(value.kvlistValue)) return null;
    if (depth > this.#collector.limits.depth) {
      this.fault ??= `an attribute is nested deeper than ${plural(this.#collector.limits.depth, 'level')}`;
      return null;
    }
    if (isArray) {
      const array = record(value.arrayValue ?? null, 'arrayValue');
      return list(array, 'values', 'arrayValue').map((item) => {
        this.#collector.countValue();
        return this.#value(item, depth + 1);
      });
    }
    const entries = list(record(value.kvlistValue ?? null, 'kvlistValue'), 'values', 'kvlistValue');
    // `fromEntries` defines own properties, so a key `__proto__` is just a key.
    return Object.fromEntries(
      entries.map((entry) => {
        const keyValue = record(entry, 'kvlistValue');
        this.#collector.countEntry();
        return [this.text(keyValue, 'key'), this.#value(keyValue.value ?? null, depth + 1)];
      }),
    );
  }
}

function isGiven(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function record(value: Json, field: string): JsonRecord {
  if (typeof value !== 'object' || value === null || isList(value)) {
    throw new Refusal(400, `${field} must be a JSON object, got ${kindOf(value)}`);
  }
  return value;
}

/** The object under `key`; an absent one is empty, as in protobuf. */
function fieldOf(owner: JsonRecord, key: string): JsonRecord {
  return record(owner[key] ?? {}, key);
}

export function list(owner: Json, key: string, where: string): readonly Json[] {
  const value = record(owner, where)[key] ?? [];
  if (!isList(value)) throw new Refusal(400, `${key} must be a JSON array, got ${kindOf(value)}`);
  return value;
}

export function text(owner: JsonRecord, key: string): string {
  const value = owner[key] ?? '';
  if (typeof value !== 'string') throw new Refusal(400, `${key} must be a string, got ${kindOf(value)}`);
  return value;
}

export function unixNano(owner: JsonRecord, key: string): bigint {
  const value = integer(owner[key] ?? 0, key);
  if (value < 0n) throw new Refusal(400, `${key} must not be negative`);
  if (value > MAX_UINT64) throw new Refusal(400, `${key} must be nanoseconds since 1970, at most ${MAX_UINT64}`);
  return value;
}

const MAX_UINT64 = 2n ** 64n - 1n;

/** 64-bit integers come as decimal strings, or as numbers, which are not exact above 2^53. */
function integer(value: Json | undefined, key: string): bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  throw new Refusal(400, `${key} must be an integer, as a number or a decimal string`);
}

function double(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value.trim() !== '') {
    const parsed = Number(value);
    if (!Number.isNaN(parsed) || value === 'NaN') return parsed;
  }
  throw new Refusal(400, 'doubleValue must be a number, "NaN", "Infinity" or "-Infinity"');
}

const STATUS_NAMES: ReadonlyMap<string, number> = new Map([
  ['STATUS_CODE_UNSET', 0],
  ['STATUS_CODE_OK', 1],
  ['STATUS_CODE_ERROR', 2],
]);

/** OTLP allows numbers only; some clients write the enum's names. */
function statusCode(status: JsonRecord): number {
  const code = status.code ?? 0;
  if (typeof code === 'number') return code;
  if (typeof code === 'string') return STATUS_NAMES.get(code) ?? Number(code);
  throw new Refusal(400, `code must be a number, got ${kindOf(code)}`);
}

function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (isList(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
