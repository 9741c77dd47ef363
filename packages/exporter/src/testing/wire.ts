/** Which fields of which message are messages again, of the part of opentelemetry-proto that an export request is made of. */
const FIELDS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  Request: { 1: 'ResourceSpans' },
  ResourceSpans: { 1: 'Resource', 2: 'ScopeSpans' },
  Resource: { 1: 'KeyValue' },
  ScopeSpans: { 1: 'InstrumentationScope', 2: 'Span' },
  InstrumentationScope: { 3: 'KeyValue' },
  Span: { 9: 'KeyValue', 11: 'Event', 13: 'Link', 15: 'Status' },
  Event: { 3: 'KeyValue' },
  Link: { 4: 'KeyValue' },
  Status: {},
  KeyValue: { 2: 'AnyValue' },
  AnyValue: { 5: 'ArrayValue', 6: 'KeyValueList' },
  ArrayValue: { 1: 'AnyValue' },
  KeyValueList: { 1: 'KeyValue' },
};

/** One field of a message, as it is on the wire. */
export interface WireField {
  readonly field: number;
  /** A number; or the bytes of a text, of bytes or of a fixed number; or the fields of a message. */
  readonly content: number | Buffer | readonly WireField[];
}

/**
 * Reads a message by the rules of the wire format alone, without protobufjs, and more strictly: fails at a length that does not
 * fit, at a varint that is longer than it need be, and at a wire type that OTLP does not use.
 */
export function readWire(bytes: Buffer, message = 'Request'): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes.readUInt8(at++);
      value += (byte & 127) * factor;
      if (byte >= 128) continue;
      if (byte === 0 && factor > 1) throw new Error('A varint is longer than it need be.');
      return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error(`A field of ${message} is longer than what it is in.`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    const inner = FIELDS[message]?.[field];
    switch (tag % 8) {
      case 0:
        fields.push({ field, content: varint() });
        break;
      case 1:
        fields.push({ field, content: take(8) });
        break;
      case 5:
        fields.push({ field, content: take(4) });
        break;
      case 2: {
        const content = take(varint());
        fields.push({ field, content: inner === undefined ? content : readWire(content, inner) });
        break;
      }
      default:
        throw new Error(`OTLP has no wire type ${tag % 8}.`);
    }
  }
  return fields;
}

/** The contents of a message's fields of that number, all the way down a path of numbers. */
export function fieldsAt(fields: readonly WireField[], ...path: number[]): WireField['content'][] {
  const [number, ...rest] = path;
  const found = fields.filter(({ field }) => field === number).map(({ content }) => content);
  if (rest.length === 0) return found;
  return found.flatMap((content) => (Array.isArray(content) ? fieldsAt(content, ...rest) : []));
}
