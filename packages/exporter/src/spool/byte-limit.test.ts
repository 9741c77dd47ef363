import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { append, openSpool } from '../testing/spool.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';

describe('the byte limit of a directory', () => {
  const body = 'x'.repeat(1_000);
  const maxBytes = 80_000;
  /** Of one file: an eighth. */
  const segmentBytes = maxBytes / 8;

  const bytesUnder = (directory: string): number =>
    fs
      .readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .map((name) => fs.statSync(path.join(directory, name)))
      .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);

  it('applies to all its processes together, except for one file each', async () => {
    const directory = temporaryDirectory();
    const spools = Array.from({ length: 3 }, () => openSpool(directory, { maxBytes }));
    for (let round = 0; round < 100; round++) for (const spool of spools) append(spool, body);
    expect(bytesUnder(directory)).toBeGreaterThan(maxBytes * 0.9);
    expect(bytesUnder(directory)).toBeLessThanOrEqual(maxBytes + 2 * segmentBytes);
  });

  it('frees space for one process when another has sent its batches', async () => {
    const directory = temporaryDirectory();
    const [one, other] = [openSpool(directory, { maxBytes }), openSpool(directory, { maxBytes })];
    const large = 'x'.repeat(5_000);
    const written = Array.from({ length: 100 }, () => append(one, body)[0]);
    expect(append(other, large)).toEqual([undefined]);
    for (const batch of written) batch?.acknowledge();
    await other.beat();
    expect(append(other, large)[0]).toBeDefined();
  });

  it('counts adopted journals once, so that the new holder can write at once', async () => {
    const directory = temporaryDirectory();
    const first = openSpool(directory, { maxBytes });
    for (let index = 0; index < 45; index++) append(first, body);
    first.spool.close();
    const next = openSpool(directory, { maxBytes });
    await next.clock.settle();
    await expect.poll(() => next.spool.hasRecovered).toBe(true);
    expect(append(next, body)[0]).toBeDefined();
  });

  it('frees the space of adopted batches as soon as they are sent', async () => {
    const directory = temporaryDirectory();
    const first = openSpool(directory, { maxBytes });
    for (let index = 0; index < 42; index++) append(first, body);
    first.spool.close();
    const next = openSpool(directory, { maxBytes });
    await next.clock.settle();
    await expect.poll(() => next.spool.hasRecovered).toBe(true);
    const before = Array.from({ length: 30 }, () => append(next, body)[0]);
    await next.drain(42);
    const after = Array.from({ length: 4 }, () => append(next, body)[0]);
    expect([...before, ...after]).not.toContain(undefined);
  });

  it('includes space for acknowledgements', () => {
    const directory = temporaryDirectory();
    const spool = openSpool(directory, { maxBytes });
    const written = Array.from({ length: 2_000 }, () => append(spool, 'tiny')[0]).filter(
      (batch) => batch !== undefined,
    );
    let most = bytesUnder(directory);
    // The first is the last to be done: no file can go before.
    for (const batch of written.toReversed()) {
      batch.acknowledge();
      most = Math.max(most, bytesUnder(directory));
    }
    expect(written.length).toBeGreaterThan(500);
    // But for the headers of the files that they are in.
    expect(most).toBeLessThanOrEqual(maxBytes * 1.02);
  });
});
