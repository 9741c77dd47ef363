import { crc32 } from 'node:zlib';

/**
 * Encodes and decodes segments as specified in docs/spool-format.md: a header, then records. All numbers are little-endian.
 */

const MAGIC = Buffer.from('PRGSPOOL', 'latin1');
const VERSION = 1;
export const SEGMENT_HEADER_BYTES = 32;
export const RECORD_HEADER_BYTES = 32;
/** Begins each record. Its first byte never occurs in UTF-8, so it is unlikely to occur in a payload. */
export const MARKER: Buffer = Buffer.from([0xf5, 0x52, 0x45, 0x43]);
/** Record types. Readers skip unknown ones. */
export const RecordType = { batch: 1, ack: 2 } as const;

const SEGMENT = { version: 8, createdMs: 16, checksum: 28 } as const;
const RECORD = { type: 4, sequence: 8, length: 16, spans: 20, payloadChecksum: 24, checksum: 28 } as const;
const SEQUENCE_BYTES = 8;
/** Size of a record that acknowledges one batch. */
export const ACK_BYTES: number = RECORD_HEADER_BYTES + SEQUENCE_BYTES;

export interface RecordHeader {
  readonly type: number;
  /** Number of the batch within its journal, from 1; 0 for other records. */
  readonly sequence: number;
  /** Bytes of the payload. */
  readonly length: number;
  /** Number of spans of a batch. */
  readonly spans: number;
  readonly payloadChecksum: number;
}

export function encodeSegmentHeader(createdMs: number): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(VERSION, SEGMENT.version);
  bytes.writeBigUInt64LE(BigInt(createdMs), SEGMENT.createdMs);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, SEGMENT.checksum)), SEGMENT.checksum);
  return bytes;
}

/** `unknown`: intact, but of another version or another program. */
export function readSegmentHeader(bytes: Buffer): 'known' | 'unknown' | 'damaged' {
  if (bytes.length < SEGMENT_HEADER_BYTES) return 'damaged';
  if (crc32(bytes.subarray(0, SEGMENT.checksum)) !== bytes.readUInt32LE(SEGMENT.checksum)) return 'damaged';
  const isKnown = bytes.subarray(0, MAGIC.length).equals(MAGIC) && bytes.readUInt32LE(SEGMENT.version) === VERSION;
  return isKnown ? 'known' : 'unknown';
}

export function encodeBatchHeader(sequence: number, spans: number, payload: Uint8Array): Buffer {
  return encodeHeader(RecordType.batch, sequence, spans, payload);
}

/** The payload checksum in a record header. */
export function payloadChecksumOf(header: Buffer): number {
  return header.readUInt32LE(RECORD.payloadChecksum);
}

/** A complete record that acknowledges these batches. */
export function encodeAck(sequences: readonly number[]): Buffer {
  const payload = Buffer.alloc(sequences.length * SEQUENCE_BYTES);
  for (const [index, sequence] of sequences.entries()) {
    payload.writeBigUInt64LE(BigInt(sequence), index * SEQUENCE_BYTES);
  }
  return Buffer.concat([encodeHeader(RecordType.ack, 0, 0, payload), payload]);
}

export function readAck(payload: Buffer): number[] {
  const sequences: number[] = [];
  for (let at = 0; at + SEQUENCE_BYTES <= payload.length; at += SEQUENCE_BYTES) {
    sequences.push(Number(payload.readBigUInt64LE(at)));
  }
  return sequences;
}

function encodeHeader(type: number, sequence: number, spans: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(RECORD_HEADER_BYTES);
  MARKER.copy(bytes);
  bytes.writeUInt32LE(type, RECORD.type);
  bytes.writeBigUInt64LE(BigInt(sequence), RECORD.sequence);
  bytes.writeUInt32LE(payload.length, RECORD.length);
  bytes.writeUInt32LE(spans, RECORD.spans);
  bytes.writeUInt32LE(crc32(payload), RECORD.payloadChecksum);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, RECORD.checksum)), RECORD.checksum);
  return bytes;
}

/** Undefined when the bytes are not a complete record header. */
export function readRecordHeader(bytes: Buffer): RecordHeader | undefined {
  if (bytes.length < RECORD_HEADER_BYTES || !bytes.subarray(0, MARKER.length).equals(MARKER)) return undefined;
  if (crc32(bytes.subarray(0, RECORD.checksum)) !== bytes.readUInt32LE(RECORD.checksum)) return undefined;
  return {
    type: bytes.readUInt32LE(RECORD.type),
    sequence: Number(bytes.readBigUInt64LE(RECORD.sequence)),
    length: bytes.readUInt32LE(RECORD.length),
    spans: bytes.readUInt32LE(RECORD.spans),
    payloadChecksum: payloadChecksumOf(bytes),
  };
}

export function isWhole(payload: Uint8Array, checksum: number): boolean {
  return crc32(payload) === checksum;
}
