import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter, TooLargeError } from './writer.js';

const TAG = 0x0a;

/** What a message is made of: texts, and messages of texts. */
type Part = string | readonly Part[];

function write(writer: ByteWriter, parts: readonly Part[]): void {
  for (const part of parts) {
    if (typeof part === 'string') writer.string(TAG, part);
    else {
      const mark = writer.open(TAG, 8);
      write(writer, part);
      writer.close(mark, 8);
    }
  }
}

/** The same, by the rules of protobuf and nothing else. */
function expected(parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const content = typeof part === 'string' ? Buffer.from(part, 'utf8') : expected(part);
      const header = [TAG];
      let length = content.length;
      for (; length >= 128; length = Math.floor(length / 128)) header.push((length % 128) | 128);
      return [Buffer.from([...header, length]), content];
    }),
  );
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ maxLength: 300 }),
  fc.string({ unit: 'binary', minLength: 100, maxLength: 300 }),
);
const message = fc.array(fc.oneof(text, fc.array(fc.oneof(text, fc.array(text, { maxLength: 3 })), { maxLength: 4 })), {
  maxLength: 6,
});

describe('a chunk of memory that messages share', () => {
  it('does not change them, wherever a message reaches its end', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), fc.integer({ min: 1, max: 2_000 }), (messages, chunkBytes) => {
        const writer = new ByteWriter(Number.POSITIVE_INFINITY, chunkBytes);
        const written = messages.map((parts) => {
          write(writer, parts);
          return writer.toBuffer();
        });
        // All of them together, after the last: none was written over.
        expect(written.map((bytes) => bytes.toString('hex'))).toEqual(
          messages.map((parts) => expected(parts).toString('hex')),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is not used up by a discarded message', () => {
    const writer = new ByteWriter(Number.POSITIVE_INFINITY, 1_024);
    writer.string(TAG, 'first');
    const first = writer.toBuffer();
    writer.string(TAG, 'given up');
    writer.reset();
    writer.string(TAG, 'second');
    expect(writer.toBuffer()).toEqual(expected(['second']));
    expect(first).toEqual(expected(['first']));
  });

  it('serves many small messages', () => {
    const writer = new ByteWriter(Number.POSITIVE_INFINITY, 64 * 1024);
    const buffers = new Set<ArrayBufferLike>();
    for (let index = 0; index < 1_000; index++) {
      writer.string(TAG, 'x'.repeat(100));
      buffers.add(writer.toBuffer().buffer);
    }
    expect(buffers.size).toBeLessThanOrEqual(3);
  });

  it('is not kept by a large message, which has a buffer of its exact size', () => {
    const writer = new ByteWriter(Number.POSITIVE_INFINITY, 1_024);
    writer.string(TAG, 'small');
    const small = writer.toBuffer();
    writer.string(TAG, 'large'.repeat(1_000));
    const large = writer.toBuffer();
    expect(large.buffer.byteLength).toBe(large.length);
    expect(large.buffer).not.toBe(small.buffer);
    writer.string(TAG, 'small');
    expect(writer.toBuffer()).toEqual(small);
  });

  it('does not let a message grow beyond the limit', () => {
    const writer = new ByteWriter(1_000, 256);
    expect(() => {
      for (let index = 0; index < 100; index++) writer.string(TAG, 'x'.repeat(100));
    }).toThrow(TooLargeError);
    writer.reset();
    writer.string(TAG, 'still works');
    expect(writer.toBuffer()).toEqual(expected(['still works']));
  });
});

describe('an id', () => {
  it.each([
    ['0af7651916cd43dd8448eb211c80319c', '0af7651916cd43dd8448eb211c80319c'],
    ['ABCDEF0123456789', 'abcdef0123456789'],
    ['0af7651916cd43dd8448eb211c80319c00', '0af7651916cd43dd8448eb211c80319c'],
    ['12zz', '12'],
    ['ſ1漢1', ''],
    ['', ''],
  ])('%j is written as the bytes %j', (hex, bytes) => {
    const writer = new ByteWriter();
    writer.id(TAG, hex);
    expect(writer.toBuffer().subarray(2).toString('hex')).toBe(bytes);
  });
});
