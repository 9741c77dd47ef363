import { property } from '../base/property.js';
import { fieldsOf } from '../base/protobuf-fields.js';

/** The `partial_success` of an OTLP export response. */
export interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly message: string | undefined;
}

const NOTHING: PartialSuccess = { rejectedSpans: 0, message: undefined };

/**
 * Reads an `ExportTraceServiceResponse` from protobuf or JSON. A body that cannot be read counts as full success, because the
 * status was one.
 */
export function readExportResponse(body: Buffer, contentType: string): PartialSuccess {
  if (body.length === 0) return NOTHING;
  try {
    return contentType.includes('json') ? fromJson(body) : fromProtobuf(body);
  } catch {
    return NOTHING;
  }
}

/** Most characters of a server's message to log. */
const MAX_MESSAGE_LENGTH = 300;

/** The message of a `google.rpc.Status`, the body of OTLP errors; undefined if the body is something else. */
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
  for (const { number, value } of fieldsOf(body)) {
    if (number === wanted && Buffer.isBuffer(value)) return value.toString('utf8');
  }
  return undefined;
}

function fromJson(body: Buffer): PartialSuccess {
  const response: unknown = JSON.parse(body.toString('utf8'));
  const partial = property(response, 'partialSuccess');
  // Protobuf's JSON has 64-bit integers as strings, but many servers send numbers.
  const rejected = Number(property(partial, 'rejectedSpans') ?? 0);
  const message = property(partial, 'errorMessage');
  return partialSuccess(rejected, typeof message === 'string' ? message : '');
}

function fromProtobuf(body: Buffer): PartialSuccess {
  let rejected = 0;
  let message = '';
  for (const { number, value } of fieldsOf(body)) {
    if (number !== 1 || !Buffer.isBuffer(value)) continue;
    for (const inner of fieldsOf(value)) {
      if (inner.number === 1 && typeof inner.value === 'number') rejected = inner.value;
      if (inner.number === 2 && Buffer.isBuffer(inner.value)) message = inner.value.toString('utf8');
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
