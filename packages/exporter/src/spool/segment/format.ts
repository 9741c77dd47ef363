import { crc32 } from 'node:zlib';

/**
 * The bytes of a segment, as docs/spool-format.md specifies them: a header, then records. Every number is little-endian.
 */

const MAGIC = Buffer.from('PRGSPOOL', 'latin1');
const VERSION = 1;
export const SEGMENT_HEADER_BYTES = 32;
export const RECORD_HEADER_BYTES = 32;
/** Begins each record. Its first byte stands in no UTF-8 text, so that little in a payload looks like it. */
export const MARKER: Buffer = Buffer.from([0xf5, 0x52, 0x45, 0x43]);
/** Of a record. A reader skips what it does not know. */
export const RecordType = { batch: 1, ack: 2 } as const;

const SEGMENT = { version: 8, createdMs: 16, checksum: 28 } as const;
const RECORD = { type: 4, sequence: 8, length: 16, spans: 20, payloadChecksum: 24, checksum: 28 } as const;
const SEQUENCE_BYTES = 8;
/** Of a record that says that one batch is done. */
export const ACK_BYTES: number = RECORD_HEADER_BYTES + SEQUENCE_BYTES;

export interface RecordHeader {
  readonly type: number;
  /** Of a batch: its place in the order of all batches of the journal, from 1. 0 for other records. */
  readonly sequence: number;
  /** Bytes of the payload. */
  readonly length: number;
  /** Of a batch: how many spans it has. */
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

/** `unknown`: whole, but of a later version, or of something else entirely. */
export function readSegmentHeader(bytes: Buffer): 'known' | 'unknown' | 'damaged' {
  if (bytes.length < SEGMENT_HEADER_BYTES) return 'damaged';
  if (crc32(bytes.subarray(0, SEGMENT.checksum)) !== bytes.readUInt32LE(SEGMENT.checksum)) return 'damaged';
  const isKnown = bytes.subarray(0, MAGIC.length).equals(MAGIC) && bytes.readUInt32LE(SEGMENT.version) === VERSION;
  return isKnown ? 'known' : 'unknown';
}

export function encodeBatchHeader(sequence: number, spans: number, payload: Uint8Array): Buffer {
  return encodeHeader(RecordType.batch, sequence, spans, payload);
}

/** Of a record whose header this is. */
export function payloadChecksumOf(header: Buffer): number {
  return header.readUInt32LE(RECORD.payloadChecksum);
}

/** A whole record that says that these batches are done. */
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

/** Undefined when these bytes are no whole record header. */
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
