/** A span as it came over the wire: what the tests look at, and nothing else. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty where it has no parent. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Attributes of the resource that the span is of. */
  readonly resource: Readonly<Record<string, AttributeValue>>;
}

type AttributeValue = string | number | bigint | boolean | readonly AttributeValue[];

/**
 * Decodes the spans of an `ExportTraceServiceRequest`, by the field numbers of the OpenTelemetry protocol's
 * `trace.proto` and `common.proto`. Written for the tests alone, so that they share no mistake with what they test.
 */
export function decodeSpans(request: Uint8Array): ReceivedSpan[] {
  const spans: ReceivedSpan[] = [];
  for (const resourceSpans of messages(request, 1)) {
    const resource = messages(resourceSpans, 1).map((message) => decodeAttributes(message, 1))[0] ?? {};
    for (const scopeSpans of messages(resourceSpans, 2)) {
      for (const span of messages(scopeSpans, 2)) spans.push(decodeSpan(span, resource));
    }
  }
  return spans;
}

function decodeSpan(span: Uint8Array, resource: ReceivedSpan['resource']): ReceivedSpan {
  const attributes = decodeAttributes(span, 9);
  return {
    traceId: hex(span, 1),
    spanId: hex(span, 2),
    parentSpanId: hex(span, 4),
    name: text(span, 5),
    startUnixNano: nanoseconds(span, 7),
    endUnixNano: nanoseconds(span, 8),
    attributes,
    resource,
  };
}

function decodeAttributes(message: Uint8Array, number: number): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const keyValue of messages(message, number)) {
    const [value] = messages(keyValue, 2);
    if (value) attributes[text(keyValue, 1)] = decodeValue(value);
  }
  return attributes;
}

function decodeValue(value: Uint8Array): AttributeValue {
  const [field] = fields(value);
  switch (field?.number) {
    case 1:
      return Buffer.from(field.bytes).toString('utf8');
    case 2:
      return field.integer !== 0n;
    case 3:
      return BigInt.asIntN(64, field.integer);
    case 4:
      return Buffer.from(field.bytes).readDoubleLE();
    case 5:
      return messages(field.bytes, 1).map(decodeValue);
    default:
      return '';
  }
}

interface Field {
  readonly number: number;
  /** Of a varint; else 0. */
  readonly integer: bigint;
  /** Of anything but a varint; else empty. */
  readonly bytes: Uint8Array;
}

function* fields(message: Uint8Array): Generator<Field> {
  let position = 0;
  const varint = (): bigint => {
    let result = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[position++];
      if (byte === undefined) throw new Error('a varint ends too early');
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return result;
    }
  };
  const take = (length: number): Uint8Array => {
    if (position + length > message.length) throw new Error('a field ends too early');
    position += length;
    return message.subarray(position - length, position);
  };
  while (position < message.length) {
    const key = Number(varint());
    const number = key >>> 3;
    switch (key & 7) {
      case 0:
        yield { number, integer: varint(), bytes: new Uint8Array() };
        break;
      case 1:
        yield { number, integer: 0n, bytes: take(8) };
        break;
      case 2:
        yield { number, integer: 0n, bytes: take(Number(varint())) };
        break;
      case 5:
        yield { number, integer: 0n, bytes: take(4) };
        break;
      default:
        throw new Error(`wire type ${key & 7} is not part of the protocol`);
    }
  }
}

function messages(message: Uint8Array, number: number): Uint8Array[] {
  return [...fields(message)].filter((field) => field.number === number).map((field) => field.bytes);
}

function text(message: Uint8Array, number: number): string {
  return Buffer.from(messages(message, number)[0] ?? []).toString('utf8');
}

function nanoseconds(message: Uint8Array, number: number): bigint {
  return Buffer.from(messages(message, number)[0] ?? new Uint8Array(8)).readBigUInt64LE();
}

function hex(message: Uint8Array, number: number): string {
  return Buffer.from(messages(message, number)[0] ?? []).toString('hex');
}
