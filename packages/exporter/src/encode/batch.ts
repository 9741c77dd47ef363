import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import { keepStrings, type Mask, type StringPolicy, writeAttribute } from './value.js';
import { ByteWriter } from './writer.js';

/** Tags of `ExportTraceServiceRequest`, `ResourceSpans`, `ScopeSpans`, `Resource` and `InstrumentationScope`. */
const RESOURCE_SPANS = 0x0a;
const RESOURCE = 0x0a;
const SCOPE_SPANS = 0x12;
const SCOPE = 0x0a;
const SPAN = 0x12;
const SCHEMA_URL = 0x1a;
const RESOURCE_ATTRIBUTE = 0x0a;
const SCOPE_NAME = 0x0a;
const SCOPE_VERSION = 0x12;

/** A span as bytes, with what the request has to say about where it came from. */
export interface EncodedSpan {
  readonly bytes: Uint8Array;
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  /** Attributes to append, already encoded; empty when there is nothing to append. */
  readonly appended: Uint8Array;
}

/** Puts encoded spans together to the body of an OTLP export request. Keeps the encoding of each resource and scope. */
export class BatchEncoder {
  readonly #writer = new ByteWriter();
  readonly #resources = new WeakMap<Resource, Buffer>();
  readonly #scopes = new WeakMap<InstrumentationScope, Buffer>();
  readonly #strings: StringPolicy;

  /** @param mask applied to every resource attribute. */
  constructor(mask?: Mask) {
    this.#strings = { ...keepStrings, mask };
  }

  encode(spans: readonly EncodedSpan[]): Buffer {
    const writer = this.#writer;
    writer.reset();
    for (const [resource, scopes] of group(spans)) {
      const guess = spans.length * 256;
      const mark = writer.open(RESOURCE_SPANS, guess);
      writer.raw(this.#resource(resource));
      for (const [scope, members] of scopes) this.#writeScopeSpans(scope, members);
      if (resource.schemaUrl) writer.string(SCHEMA_URL, resource.schemaUrl);
      writer.close(mark, guess);
    }
    return writer.toBuffer();
  }

  #writeScopeSpans(scope: InstrumentationScope, spans: readonly EncodedSpan[]): void {
    const writer = this.#writer;
    let length = 0;
    for (const span of spans) length += span.bytes.length + span.appended.length + 4;
    const mark = writer.open(SCOPE_SPANS, length);
    writer.raw(this.#scope(scope));
    for (const { bytes, appended } of spans) {
      writer.tag(SPAN);
      writer.varint(bytes.length + appended.length);
      writer.raw(bytes);
      if (appended.length > 0) writer.raw(appended);
    }
    if (scope.schemaUrl) writer.string(SCHEMA_URL, scope.schemaUrl);
    writer.close(mark, length);
  }

  #resource(resource: Resource): Buffer {
    const known = this.#resources.get(resource);
    if (known) return known;
    const writer = new ByteWriter();
    const mark = writer.open(RESOURCE, 256);
    for (const [key, value] of Object.entries(resource.attributes)) {
      if (value !== undefined) writeAttribute(writer, RESOURCE_ATTRIBUTE, key, value, this.#strings);
    }
    writer.close(mark, 256);
    const bytes = writer.toBuffer();
    if (resource.asyncAttributesPending !== true) this.#resources.set(resource, bytes);
    return bytes;
  }

  #scope(scope: InstrumentationScope): Buffer {
    const known = this.#scopes.get(scope);
    if (known) return known;
    const writer = new ByteWriter();
    const mark = writer.open(SCOPE, 32);
    writer.string(SCOPE_NAME, scope.name);
    if (scope.version) writer.string(SCOPE_VERSION, scope.version);
    writer.close(mark, 32);
    const bytes = writer.toBuffer();
    this.#scopes.set(scope, bytes);
    return bytes;
  }
}

function group(spans: readonly EncodedSpan[]): Map<Resource, Map<InstrumentationScope, EncodedSpan[]>> {
  const resources = new Map<Resource, Map<InstrumentationScope, EncodedSpan[]>>();
  for (const span of spans) {
    const scopes = resources.get(span.resource) ?? new Map<InstrumentationScope, EncodedSpan[]>();
    resources.set(span.resource, scopes);
    const members = scopes.get(span.scope);
    if (members) members.push(span);
    else scopes.set(span.scope, [span]);
  }
  return resources;
}
