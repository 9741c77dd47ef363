import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeAck, encodeBatchHeader, encodeSegmentHeader, isWhole, MARKER, SEGMENT_HEADER_BYTES } from './format.js';
import { type Source, scan, UnknownSegmentError } from './scan.js';

type Written = { readonly batch: string } | { readonly ack: number };

/** A segment and where each of its records ends. Batches are numbered from 1. */
function segmentOf(records: readonly Written[]): { bytes: Buffer; ends: number[] } {
  const parts = [encodeSegmentHeader(1_764_000_000_000)];
  const ends: number[] = [];
  let sequence = 0;
  for (const record of records) {
    if ('ack' in record) parts.push(encodeAck([record.ack]));
    else {
      const body = Buffer.from(record.batch, 'latin1');
      sequence += 1;
      parts.push(encodeBatchHeader(sequence, body.length, body), body);
    }
    ends.push(Buffer.concat(parts).length);
  }
  return { bytes: Buffer.concat(parts), ends };
}

function sourceOf(bytes: Buffer): Source {
  return { size: bytes.length, read: async (position, length) => bytes.subarray(position, position + length) };
}

/** What a reader gets out of a segment: records that are whole, and how many places are damaged. */
async function read(bytes: Buffer): Promise<{ records: Written[]; damaged: number }> {
  const records: Written[] = [];
  let damaged = 0;
  for await (const finding of scan(sourceOf(bytes))) {
    if (finding.kind === 'damage') damaged += 1;
    else if (finding.kind === 'acks') records.push(...finding.sequences.map((ack) => ({ ack })));
    else {
      const body = bytes.subarray(finding.offset, finding.offset + finding.length);
      if (isWhole(body, finding.checksum)) records.push({ batch: body.toString('latin1') });
      else damaged += 1;
    }
  }
  return { records, damaged };
}

const records: readonly Written[] = [
  { batch: 'first' },
  { batch: 'the second batch' },
  { ack: 1 },
  { batch: 'third, and not the last' },
  { ack: 3 },
  { batch: 'fourth' },
];

describe('a segment', () => {
  it('that becomes shorter while it is read is read up to its new end', async () => {
    const { bytes } = segmentOf(records);
    const findings: string[] = [];
    for await (const { kind } of scan({ ...sourceOf(bytes), size: bytes.length + 1_000 })) findings.push(kind);
    expect(findings).toEqual(['batch', 'batch', 'acks', 'batch', 'acks', 'batch', 'damage']);
  });

  it('returns what was written, in order', async () => {
    expect(await read(segmentOf(records).bytes)).toEqual({ records, damaged: 0 });
  });

  it('cut off at any byte still has exactly the records before the cut, and reports an incomplete one (E13)', async () => {
    const { bytes, ends } = segmentOf(records);
    for (let length = 0; length <= bytes.length; length++) {
      const whole = ends.filter((end) => end <= length).length;
      const isClean = length === 0 || length === SEGMENT_HEADER_BYTES || ends.includes(length);
      expect(await read(bytes.subarray(0, length)), `cut at ${length}`).toEqual({
        records: records.slice(0, whole),
        damaged: isClean ? 0 : 1,
      });
    }
  });

  it('with any one byte changed drops only that record, and counts it (E14)', async () => {
    const { bytes, ends } = segmentOf(records);
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const damaged = Buffer.from(bytes);
        damaged.writeUInt8(damaged.readUInt8(at) ^ mask, at);
        const hit = at < SEGMENT_HEADER_BYTES ? -1 : ends.findIndex((end) => at < end);
        expect(await read(damaged), `byte ${at} xor ${mask}`).toEqual({
          records: records.filter((_, index) => index !== hit),
          damaged: 1,
        });
      }
    }
  });

  it('with zeros or garbage in it never returns a record that was not written, and finds the next ones', async () => {
    const { bytes, ends } = segmentOf(records);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: bytes.length - 1 }),
        fc.oneof(
          fc.uint8Array({ minLength: 1, maxLength: 80 }),
          fc.nat({ max: 80 }).map((n) => new Uint8Array(n + 1)),
        ),
        async (at, garbage) => {
          const damaged = Buffer.from(bytes);
          damaged.set(garbage.subarray(0, bytes.length - at), at);
          const end = at + garbage.length;
          const found = (await read(damaged)).records;
          expect(records).toEqual(expect.arrayContaining(found));
          const after = records.filter((_, index) => index > 0 && (ends[index - 1] ?? 0) >= end);
          expect(found).toEqual(expect.arrayContaining(after));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is not confused by payloads that look like records', async () => {
    const inner = segmentOf([{ batch: 'inner' }]).bytes.toString('latin1');
    const looking: Written[] = [{ batch: MARKER.toString('latin1').repeat(20) }, { batch: inner }, { batch: 'last' }];
    expect(await read(segmentOf(looking).bytes)).toEqual({ records: looking, damaged: 0 });
  });

  it('is skipped in windows: a damaged record larger than a window does not hide the next one', async () => {
    const { bytes } = segmentOf([{ batch: 'x'.repeat(200_000) }, { batch: 'behind' }]);
    bytes.writeUInt8(0, SEGMENT_HEADER_BYTES);
    expect(await read(bytes)).toEqual({ records: [{ batch: 'behind' }], damaged: 1 });
  });

  it('of a later version is not mistaken for a damaged one', async () => {
    const { bytes } = segmentOf(records);
    const later = encodeSegmentHeader(0);
    later.writeUInt32LE(2, 8);
    // The checksum of a header that says version 2.
    const { crc32 } = await import('node:zlib');
    later.writeUInt32LE(crc32(later.subarray(0, 28)), 28);
    later.copy(bytes);
    await expect(read(bytes)).rejects.toThrow(UnknownSegmentError);
  });
});
