import protobuf from 'protobufjs/light.js';
import type { RejectionKind } from '../otlp/collector.js';

/** The two encodings of OTLP/HTTP. An answer has the encoding of its request. */
export type OtlpMediaType = 'application/x-protobuf' | 'application/json';

/** Null for a content type that is not OTLP's. Parameters such as a charset are ignored. */
export function otlpMediaType(contentType: string | null | undefined): OtlpMediaType | null {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase();
  return type === 'application/x-protobuf' || type === 'application/json' ? type : null;
}

/** What was rejected of a request, for the client. Can be cloned to another thread. */
export interface RejectedItems {
  readonly count: number;
  /** Empty if nothing was rejected or cut. */
  readonly message: string;
  /** How many were rejected, by kind of reason. */
  readonly byKind: Readonly<Partial<Record<RejectionKind, number>>>;
}

/** OTLP's names of the rejected counts. */
type RejectedField = 'rejectedSpans' | 'rejectedLogRecords';

/** An `ExportTraceServiceResponse`, or the one for logs: 200, with a partial success if items were rejected or, with 0 rejected, cut. */
export function exportResponse(
  mediaType: OtlpMediaType,
  rejected: RejectedItems,
  field: RejectedField = 'rejectedSpans',
): Response {
  const headers = { 'content-type': mediaType };
  const { count, message } = rejected;
  if (mediaType === 'application/json') {
    const partialSuccess = { [field]: String(count), errorMessage: message };
    return new Response(JSON.stringify(message === '' ? {} : { partialSuccess }), { headers });
  }
  const writer = protobuf.Writer.create();
  if (message !== '') {
    writer.uint32(LENGTH_1).fork().uint32(VARINT_1).int64(count).uint32(LENGTH_2).string(message).ldelim();
  }
  return new Response(bytesOf(writer), { headers });
}

// Tags of the fields: number and wire type.
const VARINT_1 = 0x08;
const LENGTH_1 = 0x0a;
const LENGTH_2 = 0x12;

/** google.rpc.Code by HTTP status; 2 (UNKNOWN) for the rest. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  405: 12,
  413: 8,
  415: 3,
  500: 13,
  503: 14,
};

/** A google.rpc `Status`, the body that OTLP requires for every error. */
export function statusResponse(
  mediaType: OtlpMediaType,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const code = RPC_CODES[status] ?? 2;
  const body =
    mediaType === 'application/json'
      ? JSON.stringify({ code, message })
      : bytesOf(protobuf.Writer.create().uint32(VARINT_1).int32(code).uint32(LENGTH_2).string(message));
  return new Response(body, { status, headers: { ...headers, 'content-type': mediaType } });
}

function bytesOf(writer: protobuf.Writer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(writer.finish());
}
