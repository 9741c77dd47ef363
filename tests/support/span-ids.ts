/**
 * Ids of the spans of an OTLP export request, in hexadecimal, in either encoding. Field numbers as in opentelemetry-proto's
 * `trace.proto`. Throws for a body that is neither.
 */
export function spanIdsOf(body: Buffer, contentType: string): string[] {
  return contentType.includes('json') ? idsInJson(body) : idsInProtobuf(body);
}

interface JsonRequest {
  readonly resourceSpans?: readonly { readonly scopeSpans?: readonly { readonly spans?: readonly JsonSpan[] }[] }[];
}

interface JsonSpan {
  readonly spanId: string;
}

function idsInJson(body: Buffer): string[] {
  const request: JsonRequest = JSON.parse(body.toString('utf8'));
  const scopes = (request.resourceSpans ?? []).flatMap((resource) => resource.scopeSpans ?? []);
  return scopes.flatMap((scope) => scope.spans ?? []).map((span) => span.spanId);
}

function idsInProtobuf(body: Buffer): string[] {
  const ids: string[] = [];
  for (const resourceSpans of messages(body, 1)) {
    for (const scopeSpans of messages(resourceSpans, 2)) {
      for (const span of messages(scopeSpans, 2)) {
        for (const id of messages(span, 2)) {
          ids.push(id.toString('hex'));
          break;
        }
      }
    }
  }
  return ids;
}

/** The length-delimited fields with this number. */
function* messages(message: Buffer, wanted: number): Generator<Buffer> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const wireType = tag % 8;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const length = varint();
      if (at + length > message.length) throw new RangeError('a field reaches beyond the end of its message');
      if (Math.floor(tag / 8) === wanted) yield message.subarray(at, at + length);
      at += length;
    } else throw new Error(`wire type ${wireType} is not part of the protocol`);
  }
}
