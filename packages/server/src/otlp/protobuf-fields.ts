import type protobuf from 'protobufjs/light.js';
import type { SpanCollector } from './collector.js';

export type Reader = protobuf.Reader;

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;

/** A field number with its wire type, as in the bytes. A known field of another wire type is skipped like an unknown one. */
export const tag = (field: number, wireType: number): number => (field << 3) | wireType;

/** Walks the fields up to `end`. Fields for which `visit` is false are skipped. */
export function eachField(
  reader: Reader,
  collector: SpanCollector,
  end: number,
  visit: (field: number) => boolean,
): void {
  while (reader.pos < end) {
    collector.countField();
    const field = reader.tag();
    if (!visit(field)) reader.skipType(field & 7, 0, field >>> 3);
  }
  if (reader.pos !== end) throw new Error('a message ends inside a field');
}

/** Moves behind the tag of the next field `wanted` before `end`, past all others. False, at `end`, if no such field follows. */
export function findField(reader: Reader, collector: SpanCollector, end: number, wanted: number): boolean {
  while (reader.pos < end) {
    collector.countField();
    const field = reader.tag();
    if (field === wanted) return true;
    reader.skipType(field & 7, 0, field >>> 3);
  }
  if (reader.pos !== end) throw new Error('a message ends inside a field');
  return false;
}

/** Walks the fields of a message that starts with its length. */
export function eachFieldWithin(reader: Reader, collector: SpanCollector, visit: (field: number) => boolean): void {
  eachField(reader, collector, endOf(reader), visit);
}

export function endOf(reader: Reader): number {
  const length = reader.size();
  const end = reader.pos + length;
  if (end > reader.len) throw new Error('a message is longer than the body');
  return end;
}

/** A text within the limit of its length. */
export function readText(reader: Reader, collector: SpanCollector): string {
  return collector.text(reader.string());
}

/** Bytes as lower-case hex digits. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

export function readFixed64(reader: Reader): bigint {
  const low = reader.fixed32();
  const high = reader.fixed32();
  return (BigInt(high) << 32n) | BigInt(low);
}

export function readInt64(reader: Reader): bigint {
  const value = reader.int64();
  return (BigInt(value.high) << 32n) | BigInt(value.low >>> 0);
}
