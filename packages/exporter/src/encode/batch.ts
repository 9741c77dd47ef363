import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import { keepStrings, type Mask, prepare, type StringPolicy, writeAttribute } from './value.js';
import { ByteWriter, type Copyable } from './writer.js';

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

/** An encoded span with its resource and scope. */
export interface EncodedSpan {
  readonly bytes: Copyable;
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
}

/** The spans of one scope, and the bytes to append to each, in the same order. */
interface Members {
  readonly spans: EncodedSpan[];
  readonly appended: Uint8Array[];
  /** Upper estimate of their encoded size. */
  bytes: number;
}

/** Most bytes of a span's tag and length. */
const SPAN_HEADER_BYTES = 6;
/** Usual size of a resource or scope. If it is larger, the message is moved. */
const ORIGIN_BYTES = 512;

/** Assembles encoded spans into the body of an OTLP export request. Caches the encoding of each resource and scope. */
export class BatchEncoder {
  readonly #resources = new WeakMap<Resource, Buffer>();
  readonly #scopes = new WeakMap<InstrumentationScope, Buffer>();
  readonly #strings: StringPolicy;

  /** @param mask applied to resource attributes, to names and versions of scopes, and to schema URLs. */
  constructor(mask?: Mask) {
    this.#strings = { ...keepStrings, mask };
  }

  /** @param appendedTo encoded attributes to append to a span; empty when there is nothing to append. */
  encode<S extends EncodedSpan>(spans: readonly S[], appendedTo: (span: S) => Uint8Array): Buffer {
    const resources = group(spans, appendedTo);
    let total = 0;
    for (const scopes of resources.values()) total += bytesOf(scopes);
    const writer = new ByteWriter(Number.POSITIVE_INFINITY, total);
    for (const [resource, scopes] of resources) {
      const guess = bytesOf(scopes);
      const mark = writer.open(RESOURCE_SPANS, guess);
      writer.raw(this.#resource(resource));
      for (const [scope, members] of scopes) this.#writeScopeSpans(writer, scope, members);
      this.#writeSchemaUrl(writer, resource.schemaUrl);
      writer.close(mark, guess);
    }
    return writer.toBuffer();
  }

  #writeScopeSpans(writer: ByteWriter, scope: InstrumentationScope, { appended, bytes: guess, spans }: Members): void {
    const mark = writer.open(SCOPE_SPANS, guess);
    writer.raw(this.#scope(scope));
    for (let index = 0; index < spans.length; index++) writeEncoded(writer, spans[index], appended[index]);
    this.#writeSchemaUrl(writer, scope.schemaUrl);
    writer.close(mark, guess);
  }

  #writeSchemaUrl(writer: ByteWriter, url: string | undefined): void {
    if (url) writer.string(SCHEMA_URL, prepare(url, 'schema_url', this.#strings));
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
    writer.string(SCOPE_NAME, prepare(scope.name, 'scope.name', this.#strings));
    if (scope.version) writer.string(SCOPE_VERSION, prepare(scope.version, 'scope.version', this.#strings));
    writer.close(mark, 32);
    const bytes = writer.toBuffer();
    this.#scopes.set(scope, bytes);
    return bytes;
  }
}

function writeEncoded(writer: ByteWriter, span: EncodedSpan | undefined, appended: Uint8Array | undefined): void {
  if (span === undefined || appended === undefined) return;
  writer.tag(SPAN);
  writer.varint(span.bytes.length + appended.length);
  writer.copy(span.bytes);
  if (appended.length > 0) writer.raw(appended);
}

function group<S extends EncodedSpan>(
  spans: readonly S[],
  appendedTo: (span: S) => Uint8Array,
): Map<Resource, Map<InstrumentationScope, Members>> {
  const resources = new Map<Resource, Map<InstrumentationScope, Members>>();
  for (const span of spans) {
    const appended = appendedTo(span);
    const members = membersOf(resources, span);
    members.spans.push(span);
    members.appended.push(appended);
    members.bytes += span.bytes.length + appended.length + SPAN_HEADER_BYTES;
  }
  return resources;
}

function membersOf(
  resources: Map<Resource, Map<InstrumentationScope, Members>>,
  { resource, scope }: EncodedSpan,
): Members {
  let scopes = resources.get(resource);
  if (scopes === undefined) {
    scopes = new Map();
    resources.set(resource, scopes);
  }
  let members = scopes.get(scope);
  if (members === undefined) {
    members = { spans: [], appended: [], bytes: ORIGIN_BYTES };
    scopes.set(scope, members);
  }
  return members;
}

/** Upper estimate of the encoded size of a resource's spans. */
function bytesOf(scopes: ReadonlyMap<InstrumentationScope, Members>): number {
  let bytes = ORIGIN_BYTES;
  for (const members of scopes.values()) bytes += members.bytes;
  return bytes;
}
