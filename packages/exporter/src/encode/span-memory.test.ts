import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SpanBytes, SpanMemory } from './span-memory.js';
import { ByteWriter } from './writer.js';

const TAG = 0x0a;
const CHUNK_BYTES = 1_024;

/** Writes messages as the encoder does. */
function createMemory() {
  const memory = new SpanMemory(CHUNK_BYTES);
  const writer = new ByteWriter(Number.POSITIVE_INFINITY, CHUNK_BYTES, () => memory.allocate());
  const alone = new Set<SpanBytes>();
  const write = (text: string): SpanBytes => {
    writer.string(TAG, text);
    if (writer.isAlone) {
      const own = memory.own(writer.toBuffer());
      alone.add(own);
      return own;
    }
    const { length, start } = writer;
    writer.end();
    return memory.hold(start, length);
  };
  return { alone, memory, write };
}

function contentOf(bytes: SpanBytes): string {
  const target = Buffer.alloc(bytes.length + 4, '-');
  bytes.copy(target, 2);
  expect(target.toString('latin1', 0, 2) + target.toString('latin1', bytes.length + 2)).toBe('----');
  return target.toString('latin1', 2, bytes.length + 2);
}

function expected(text: string): string {
  const writer = new ByteWriter();
  writer.string(TAG, text);
  return writer.toBuffer().toString('latin1');
}

describe('the memory of encoded spans', () => {
  it('never overwrites a span that has not left, in any order of leaving', () => {
    const step = fc.record({
      length: fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 3_000 })),
      frees: fc.nat({ max: 6 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.infiniteStream(fc.nat()), (steps, random) => {
        const { write } = createMemory();
        const held: { bytes: SpanBytes; text: string }[] = [];
        for (const [index, { frees, length }] of steps.entries()) {
          const text = `${index}`.padEnd(length, `${index} `);
          held.push({ bytes: write(text), text });
          for (let count = 0; count < frees && held.length > 0; count++) {
            const [left] = held.splice((random.next().value ?? 0) % held.length, 1);
            left?.bytes.free();
          }
          for (const { bytes, text: whole } of held) expect(contentOf(bytes)).toBe(expected(whole));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is reused when its spans have left', () => {
    const { memory, write } = createMemory();
    const chunks = new Set<Buffer>();
    const { allocate } = memory;
    memory.allocate = () => {
      const chunk = allocate.call(memory);
      chunks.add(chunk);
      return chunk;
    };
    for (let index = 0; index < 1_000; index++) write('x'.repeat(100)).free();
    expect(chunks.size).toBeLessThanOrEqual(2);
  });

  it('shrinks to a small reserve after a burst', () => {
    const { memory, write } = createMemory();
    const burst = Array.from({ length: 1_000 }, () => write('x'.repeat(100)));
    expect(memory.freeBytes).toBe(0);
    for (const bytes of burst) bytes.free();
    expect(memory.freeBytes).toBeGreaterThan(0);
    expect(memory.freeBytes).toBeLessThanOrEqual(8 * CHUNK_BYTES);
  });

  it('throws when the bytes of a freed span are read, and allows freeing twice', () => {
    const { write } = createMemory();
    const first = write('first');
    const second = write('second');
    first.free();
    first.free();
    write('x'.repeat(CHUNK_BYTES - 10)).free();
    expect(contentOf(second)).toBe(expected('second'));
    expect(() => contentOf(first)).toThrow('freed');
  });

  it('has little overhead for any span sizes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 1_000 }), fc.nat({ max: 3_000 })), { minLength: 100 }),
        (lengths) => {
          const { alone, memory, write } = createMemory();
          let chunks = 0;
          const { allocate } = memory;
          memory.allocate = () => {
            chunks += 1;
            return allocate.call(memory);
          };
          const written = lengths.map((length) => write('x'.repeat(length)));
          const bytesOf = (spans: Iterable<SpanBytes>) => [...spans].reduce((sum, { length }) => sum + length, 0);
          // The last chunk may be as good as empty.
          const held = bytesOf(alone) + (chunks - 1) * CHUNK_BYTES;
          expect(held).toBeLessThanOrEqual((bytesOf(written) * 8) / 7);
        },
      ),
    );
  });

  it('allocates exactly what a large span needs, and does not keep it', () => {
    const { memory, write } = createMemory();
    const large = write('x'.repeat(5_000));
    expect(contentOf(large)).toBe(expected('x'.repeat(5_000)));
    large.free();
    expect(memory.freeBytes).toBe(0);
  });
});
