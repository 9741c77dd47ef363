import { GenAiAttributeKeys, type Json, SpanAttributeKeys } from '@powerrag/protocol';
import { plural } from '../base/plural.js';
import type { IngestLimits } from './limits.js';
import type { Attributes, OtlpEvent, OtlpSpan } from './otlp.js';
import { Refusal } from './refusal.js';
import { cutText, storableText } from './text.js';

/** A span as decoded, before it is checked. Ids are hex of any length. */
export interface RawSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  startUnixNano: bigint;
  endUnixNano: bigint;
  attributes: Attributes;
  events: OtlpEvent[];
  status: { code: number; message: string };
  resource: Attributes;
  scope: OtlpSpan['scope'];
  /** Why it must be rejected, as found while reading, or null. */
  fault: string | null;
}

export interface DecodedSpans {
  readonly spans: readonly OtlpSpan[];
  readonly rejected: Rejections;
}

const REASONS_KEPT = 5;

/** Why something was rejected: it is not as OTLP says, no rule could read it, or the store can never hold it. */
export type RejectionKind = 'invalid' | 'unreadable' | 'unstorable';

/** Collects what was cut or left out of accepted spans. */
export interface Cuts {
  /**
   * @param what the field, in the plural if there can be many: `events`.
   * @param rule what is kept of it, and what to do.
   */
  cut(what: string, count: number, rule: string): void;
}

/** Counts rejected spans and keeps the first few distinct reasons; counts what was cut or left out of accepted spans. */
export class Rejections implements Cuts {
  readonly #noun: string;
  readonly #byKind = new Map<RejectionKind, number>();
  #count = 0;
  readonly #reasons = new Set<string>();
  readonly #cuts = new Map<string, { count: number; readonly rule: string }>();

  /** @param noun what is counted, in the singular. */
  constructor(noun = 'span') {
    this.#noun = noun;
  }

  get count(): number {
    return this.#count;
  }

  /** How many for each kind of reason; a kind that did not occur is absent. */
  get byKind(): Readonly<Partial<Record<RejectionKind, number>>> {
    return Object.fromEntries(this.#byKind);
  }

  /** @param count how many are rejected for the reason. Default 1. */
  add(reason: string, count = 1, kind: RejectionKind = 'invalid'): void {
    this.#count += count;
    this.#byKind.set(kind, (this.#byKind.get(kind) ?? 0) + count);
    if (this.#reasons.size < REASONS_KEPT) this.#reasons.add(reason);
  }

  cut(what: string, count: number, rule: string): void {
    const known = this.#cuts.get(what);
    if (known === undefined) this.#cuts.set(what, { count, rule });
    else known.count += count;
  }

  /** One line for the client; empty when nothing was rejected or left out. */
  get message(): string {
    const parts: string[] = [];
    if (this.#count > 0) {
      const were = this.#count === 1 ? 'was' : 'were';
      parts.push(`${plural(this.#count, this.#noun)} ${were} rejected: ${[...this.#reasons].join('; ')}`);
    }
    if (this.#cuts.size > 0) {
      const cuts = [...this.#cuts].map(([what, { count, rule }]) => `${count} ${what} (${rule})`);
      parts.push(`Cut or left out of ${this.#noun}s that were stored: ${cuts.join('; ')}`);
    }
    return parts.join('. ');
  }
}

/** Collects what either decoder reads: holds the limits of the request and checks each span. */
export class SpanCollector {
  readonly limits: IngestLimits;
  readonly rejected: Rejections;
  readonly spans: OtlpSpan[] = [];
  readonly #noun: string;
  #seen = 0;
  #values = 0;
  #entries = 0;
  #fields = 0;

  /** @param noun what the request holds, in the singular. */
  constructor(limits: IngestLimits, noun = 'span') {
    this.limits = limits;
    this.#noun = noun;
    this.rejected = new Rejections(noun);
  }

  /** Called before a span is read. Throws a `Refusal` when the request holds too many. */
  startSpan(): void {
    this.#seen += 1;
    if (this.#seen > this.limits.spans) {
      throw new Refusal(
        413,
        `More than ${plural(this.limits.spans, this.#noun)} in one request; send smaller batches.`,
      );
    }
  }

  /** Called before an element of an array is read. Throws a `Refusal` when the request holds too many. */
  countValue(): void {
    this.#values += 1;
    if (this.#values > this.limits.values) throw tooMany(this.limits.values, 'element of arrays', 'elements of arrays');
  }

  /** Called before an attribute, an entry of an object, an event or a list around spans is read. Throws as `countValue` does. */
  countEntry(): void {
    this.#entries += 1;
    if (this.#entries > this.limits.entries) {
      throw tooMany(this.limits.entries, 'attribute or event', 'attributes and events');
    }
  }

  /** Called for each protobuf field, also for skipped ones. Throws as `countValue` does. */
  countField(): void {
    this.#fields += 1;
    if (this.#fields > this.limits.fields) throw tooMany(this.limits.fields, 'field', 'fields');
  }

  /** A text cut to the limit, as it is stored. */
  text(text: string): string {
    const { textLength } = this.limits;
    if (text.length <= textLength) return storableText(text);
    this.rejected.cut('texts', 1, `the first ${textLength} characters are kept; send shorter ones`);
    return cutText(text, textLength);
  }

  /** Whether a span, event, resource or scope with `size` attributes may have another under `key`; trace attributes are always accepted. */
  admits(size: number, key: string): boolean {
    if (size < this.limits.attributes || (KEPT_KEYS.has(key) && size < this.limits.attributes + KEPT_KEYS.size))
      return true;
    this.rejected.cut('attributes', 1, `the first ${this.limits.attributes} of a span are kept; set fewer`);
    return false;
  }

  /** Counts events over the limit: the first of a span are kept. */
  leaveOutEvents(count: number): void {
    this.rejected.cut('events', count, `the first ${this.limits.events} of a span are kept; record fewer`);
  }

  add(raw: RawSpan): void {
    const fault = raw.fault ?? faultOf(raw);
    if (fault !== null) {
      this.rejected.add(fault);
      return;
    }
    this.spans.push({
      traceId: raw.traceId,
      spanId: raw.spanId,
      parentSpanId: raw.parentSpanId === '' || isZero(raw.parentSpanId) ? null : raw.parentSpanId,
      name: raw.name,
      // Without a start, the end is the only known time of the span.
      startUnixNano: raw.startUnixNano === 0n ? raw.endUnixNano : raw.startUnixNano,
      endUnixNano: raw.endUnixNano === 0n ? null : raw.endUnixNano,
      attributes: raw.attributes,
      events: raw.events,
      status: { code: STATUS_CODES[raw.status.code] ?? 'unset', message: raw.status.message },
      resource: raw.resource,
      scope: raw.scope,
    });
  }
}

function tooMany(limit: number, one: string, many: string): Refusal {
  return new Refusal(413, `More than ${limit} ${limit === 1 ? one : many} in one request; send smaller batches.`);
}

/** These decide trace and session of a span, so they are read at any position among its attributes. */
const KEPT_KEYS: ReadonlySet<string> = new Set([
  ...Object.values(SpanAttributeKeys),
  GenAiAttributeKeys.conversationId,
]);

const STATUS_CODES: readonly OtlpSpan['status']['code'][] = ['unset', 'ok', 'error'];

const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;

function faultOf(raw: RawSpan): string | null {
  if (!TRACE_ID.test(raw.traceId)) return `trace id must be 16 bytes (32 hex digits), got ${lengthOf(raw.traceId)}`;
  if (isZero(raw.traceId)) return 'trace id is all zero';
  if (!SPAN_ID.test(raw.spanId)) return `span id must be 8 bytes (16 hex digits), got ${lengthOf(raw.spanId)}`;
  if (isZero(raw.spanId)) return 'span id is all zero';
  if (raw.parentSpanId !== '' && !SPAN_ID.test(raw.parentSpanId)) {
    return `parent span id must be 8 bytes (16 hex digits) or empty, got ${lengthOf(raw.parentSpanId)}`;
  }
  return null;
}

function lengthOf(id: string): string {
  return id === '' ? 'none' : plural(id.length, 'character');
}

function isZero(id: string): boolean {
  return /^0+$/.test(id);
}

/** A double as `Attributes` holds it: JSON cannot hold the three values that are not finite. */
export function doubleValue(value: number): Json {
  return Number.isFinite(value) ? value : String(value);
}

/** A 64-bit integer as `Attributes` holds it. */
export function integerValue(value: bigint): Json {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();
}
