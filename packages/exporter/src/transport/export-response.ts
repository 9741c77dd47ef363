/** The `partial_success` of an OTLP export response. */
export interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly message: string | undefined;
}

const NOTHING: PartialSuccess = { rejectedSpans: 0, message: undefined };

/**
 * Reads `ExportTraceServiceResponse` from protobuf or JSON. A body that cannot be read is a full success: the status said so,
 * and the spec has a full success send nothing.
 */
export function readExportResponse(body: Buffer, contentType: string): PartialSuccess {
  if (body.length === 0) return NOTHING;
  try {
    return contentType.includes('json') ? fromJson(body) : fromProtobuf(body);
  } catch {
    return NOTHING;
  }
}

/** Characters of a server's words that are passed on. */
const MAX_MESSAGE_LENGTH = 300;

/** The message of the `google.rpc.Status` that OTLP has as the body of an error; undefined where the body is something else. */
export function readStatusMessage(body: Buffer, contentType: string): string | undefined {
  let message: unknown;
  try {
    if (contentType.includes('json')) message = property(JSON.parse(body.toString('utf8')), 'message');
    else if (contentType.includes('protobuf')) message = textField(body, 2);
  } catch {
    return undefined;
  }
  return typeof message === 'string' && message !== '' ? message.slice(0, MAX_MESSAGE_LENGTH) : undefined;
}

function textField(body: Buffer, wanted: number): string | undefined {
  for (const [field, value] of fields(body)) {
    if (field === wanted && typeof value !== 'number') return value.toString('utf8');
  }
  return undefined;
}

function fromJson(body: Buffer): PartialSuccess {
  const response: unknown = JSON.parse(body.toString('utf8'));
  const partial = property(response, 'partialSuccess');
  // A 64-bit integer is a string in protobuf's JSON, and a number in that of many servers.
  const rejected = Number(property(partial, 'rejectedSpans') ?? 0);
  const message = property(partial, 'errorMessage');
  return partialSuccess(rejected, typeof message === 'string' ? message : '');
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function fromProtobuf(body: Buffer): PartialSuccess {
  let rejected = 0;
  let message = '';
  for (const [field, value] of fields(body)) {
    if (field !== 1 || typeof value === 'number') continue;
    for (const [inner, content] of fields(value)) {
      if (inner === 1 && typeof content === 'number') rejected = content;
      if (inner === 2 && typeof content !== 'number') message = content.toString('utf8');
    }
  }
  return partialSuccess(rejected, message);
}

function partialSuccess(rejected: number, message: string): PartialSuccess {
  return {
    rejectedSpans: Number.isFinite(rejected) && rejected > 0 ? Math.floor(rejected) : 0,
    message: message === '' ? undefined : message.slice(0, MAX_MESSAGE_LENGTH),
  };
}

/** The fields of a protobuf message: varints as numbers, length-delimited ones as bytes. Throws at a truncated message. */
function* fields(bytes: Buffer): IterableIterator<[field: number, value: number | Buffer]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes.readUInt8(at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield [field, varint()];
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        if (at + length > bytes.length) throw new RangeError('A field reaches beyond the end of the message.');
        yield [field, bytes.subarray(at, at + length)];
        at += length;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        throw new RangeError('A field has an unknown wire type.');
    }
  }
}
