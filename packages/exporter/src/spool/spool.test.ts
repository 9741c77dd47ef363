import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { append, openFilesIn, openSpool, orphan, startOf } from '../testing/spool.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import type { SpoolFiles } from './segment/segment-writer.js';

describe('a process', () => {
  it('whose journal was taken over writes the batch to a new one', async () => {
    const directory = temporaryDirectory();
    const frozen = openSpool(directory);
    append(frozen, 'one');
    orphan(directory);
    const [batch] = append(frozen, 'two');
    expect(String(await batch?.read())).toBe('two');
    expect(fs.readdirSync(directory)).toHaveLength(2);
  });

  it('whose journal was taken over does not pause, even if its segment is full', async () => {
    const directory = temporaryDirectory();
    const frozen = openSpool(directory, { maxBytes: 8_000 });
    const body = 'x'.repeat(900);
    append(frozen, body);
    orphan(directory);
    const [batch] = append(frozen, body);
    expect(String(await batch?.read())).toBe(body);
    expect(frozen.lines).toEqual([]);
  });

  it('releases an adopted journal that another process takes over', async () => {
    const directory = temporaryDirectory();
    append(openSpool(directory), 'one', 'two');
    orphan(directory);
    const frozen = openSpool(directory);
    await frozen.clock.settle();
    await expect.poll(() => frozen.spool.hasRecovered).toBe(true);
    const batch = frozen.spool.takeRecovered();
    orphan(directory, { pid: process.ppid, start: startOf(process.ppid) });
    expect(await batch?.read()).toBe('taken_over');
    await frozen.beat();
    expect(frozen.spool.bytes).toBe(0);
  });

  it('that closes while it reads an adopted journal leaves no file open', async () => {
    const directory = temporaryDirectory();
    const first = openSpool(directory);
    append(first, 'one', 'two');
    first.spool.close();
    const { clock, spool } = openSpool(directory);
    await clock.settle();
    await expect.poll(() => spool.hasRecovered).toBe(true);
    expect(openFilesIn(directory)).toHaveLength(1);
    spool.close();
    await expect.poll(() => openFilesIn(directory)).toEqual([]);
  });

  it('learns that a batch is damaged when somebody has deleted its file', async () => {
    const directory = temporaryDirectory();
    const [batch] = append(openSpool(directory), 'one');
    fs.rmSync(path.join(directory, fs.readdirSync(directory)[0] ?? '', '000001.seg'));
    expect(await batch?.read()).toBe('damaged');
  });

  it('learns that another process has taken over its batches', async () => {
    const directory = temporaryDirectory();
    const [batch] = append(openSpool(directory), 'one');
    orphan(directory);
    expect(await batch?.read()).toBe('taken_over');
  });

  it('does not exceed maxBytes, logs that once, and writes again when there is room', () => {
    const spool = openSpool(temporaryDirectory(), { maxBytes: 20_000 });
    const body = 'x'.repeat(1_000);
    const written = Array.from({ length: 30 }, () => append(spool, body)[0]);
    const taken = written.filter((batch) => batch !== undefined);
    expect(taken.length).toBeGreaterThan(15);
    expect(taken.length).toBeLessThan(20);
    expect(spool.spool.bytes).toBeLessThanOrEqual(20_000);
    expect(spool.spool).toMatchObject({ isFull: true, isUsable: false });
    expect(spool.lines).toEqual([expect.stringContaining('maximum')]);
    for (const batch of taken) batch.acknowledge();
    expect(spool.spool).toMatchObject({ isFull: false, isUsable: true });
    expect(append(spool, body)[0]).toBeDefined();
  });

  it('removes sent batches from disk, even when it writes nothing more', async () => {
    const directory = temporaryDirectory();
    const spool = openSpool(directory);
    append(spool, 'one')[0]?.acknowledge();
    for (let beat = 0; beat < 3; beat++) await spool.beat();
    expect(fs.readdirSync(directory)).toEqual([]);
  });

  it.each([
    ['a write', 'writevSync'],
    ['opening a file', 'openSync'],
  ] as const)(
    'goes on without the spool when %s fails, says so once, and tries again after a pause',
    async (_what, call) => {
      let fails = true;
      const failing = new Proxy(fs, {
        get: (target, name) => {
          if (fails && name === call) throw new Error('EIO: i/o error');
          return Reflect.get(target, name);
        },
      });
      const spool = openSpool(temporaryDirectory(), { files: failing });
      expect(append(spool, 'one', 'two', 'three')).toEqual([undefined, undefined, undefined]);
      expect(spool.spool.isUsable).toBe(false);
      expect(spool.lines).toEqual([expect.stringContaining('EIO')]);
      fails = false;
      await spool.clock.advance(30_000);
      expect(spool.spool.isUsable).toBe(true);
      expect(append(spool, 'four')[0]).toBeDefined();
    },
  );

  it('that ends does not wait for the pause after a failure', () => {
    let fails = true;
    const files: SpoolFiles = {
      ...fs,
      writevSync: (descriptor, parts) => {
        if (fails) throw new Error('EIO: i/o error');
        return fs.writevSync(descriptor, parts);
      },
    };
    const spool = openSpool(temporaryDirectory(), { files });
    expect(append(spool, 'one')).toEqual([undefined]);
    fails = false;
    expect(append(spool, 'two')).toEqual([undefined]);
    spool.spool.endPause();
    expect(append(spool, 'three')[0]).toBeDefined();
  });

  it('never writes again to a file after a failed sync', async () => {
    const directory = temporaryDirectory();
    const synced: number[] = [];
    const written: number[] = [];
    const files: SpoolFiles = {
      ...fs,
      fdatasync: (descriptor: number, done: (error: Error | null) => void) => {
        synced.push(descriptor);
        setImmediate(() => done(synced.length === 1 ? new Error('EIO: i/o error') : null));
      },
      writevSync: (descriptor: number, parts: readonly Uint8Array[]) => {
        written.push(descriptor);
        return fs.writevSync(descriptor, parts);
      },
      // Descriptors are given again once they are closed.
      closeSync: () => {},
    };
    const spool = openSpool(directory, { files });
    append(spool, 'before');
    await spool.clock.advance(500);
    await expect.poll(() => spool.spool.isUsable).toBe(false);
    expect(append(spool, 'meanwhile')).toEqual([undefined]);
    await spool.clock.advance(30_000);
    written.length = 0;
    expect(append(spool, 'after')[0]).toBeDefined();
    expect(written).not.toContain(synced[0]);
    expect(spool.lines).toEqual([expect.stringContaining('EIO')]);
    spool.spool.close();
    expect(await openSpool(directory).drain(2)).toEqual(['before', 'after']);
  });

  it('closes a file after a failed sync only once, because its descriptor may be reused', async () => {
    const closed: number[] = [];
    const files: SpoolFiles = {
      ...fs,
      fdatasync: (_descriptor: number, done: (error: Error | null) => void) => {
        setImmediate(() => done(new Error('EIO: i/o error')));
      },
      closeSync: (descriptor: number) => {
        closed.push(descriptor);
        fs.closeSync(descriptor);
      },
    };
    const spool = openSpool(temporaryDirectory(), { files });
    append(spool, 'one');
    await spool.clock.advance(500);
    await expect.poll(() => spool.spool.isUsable).toBe(false);
    spool.spool.close();
    expect(closed).toHaveLength(1);
  });

  it('syncs within half a second, before it continues, or not at all, depending on the option', async () => {
    const calls: Record<string, string[]> = {};
    for (const sync of ['interval', 'batch', 'none'] as const) {
      const seen: string[] = [];
      calls[sync] = seen;
      const files: SpoolFiles = {
        ...fs,
        fdatasync: (_descriptor: number, done: (error: Error | null) => void) => {
          seen.push('later');
          setImmediate(() => done(null));
        },
        fdatasyncSync: () => seen.push('now'),
      };
      const spool = openSpool(temporaryDirectory(), { files, sync });
      append(spool, 'one');
      await spool.clock.advance(500);
    }
    expect(calls).toEqual({ interval: ['later'], batch: ['now'], none: [] });
  });

  it('syncs batches that were written during a slow sync, even when it writes nothing more', async () => {
    const finish: (() => void)[] = [];
    const files: SpoolFiles = {
      ...fs,
      fdatasync: (_descriptor: number, done: (error: Error | null) => void) => finish.push(() => done(null)),
    };
    const spool = openSpool(temporaryDirectory(), { files });
    append(spool, 'one');
    await spool.clock.advance(500);
    append(spool, 'two');
    await spool.clock.advance(500);
    expect(finish).toHaveLength(1);
    finish[0]?.();
    expect(finish).toHaveLength(2);
    finish[1]?.();
    expect(finish).toHaveLength(2);
  });

  it('that ends during a sync still waits for the disk', async () => {
    const seen: string[] = [];
    const files: SpoolFiles = {
      ...fs,
      fdatasync: () => seen.push('later'),
      fdatasyncSync: () => seen.push('now'),
    };
    const spool = openSpool(temporaryDirectory(), { files });
    append(spool, 'one');
    await spool.clock.advance(500);
    spool.spool.close();
    expect(seen).toEqual(['later', 'now']);
  });

  it('whose sync before sending failed leaves no sent batch on disk', async () => {
    const directory = temporaryDirectory();
    let fails = false;
    const files: SpoolFiles = {
      ...fs,
      fdatasyncSync: (descriptor) => {
        if (fails) throw new Error('EIO: i/o error');
        fs.fdatasyncSync(descriptor);
      },
    };
    const spool = openSpool(directory, { files, sync: 'batch' });
    const [before] = append(spool, 'before');
    fails = true;
    expect(append(spool, 'meanwhile')).toEqual([undefined]);
    fails = false;
    await spool.clock.advance(30_000);
    const [after] = append(spool, 'after');
    for (const batch of [before, after]) batch?.acknowledge();
    await expect.poll(() => spool.clock.advance(10_000).then(() => fs.readdirSync(directory))).toEqual([]);
  });

  it('that ends while directories are being synced logs nothing', async () => {
    const { clock, lines, spool } = openSpool(temporaryDirectory());
    const [batch] = [spool.append(Buffer.from('one'), 1)];
    batch?.acknowledge();
    await clock.advance(499);
    const opened = vi.spyOn(fs.promises, 'open');
    onTestFinished(() => opened.mockRestore());
    // The system opens a directory only when it is gone.
    opened.mockImplementation(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      opened.mockRestore();
      return fs.promises.open('/nowhere');
    });
    await clock.advance(1);
    spool.close();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(lines).toEqual([]);
  });

  it('on a file system that cannot sync directories still writes', async () => {
    const { open } = fs.promises;
    const failing = vi.spyOn(fs.promises, 'open').mockImplementation(async (...args) => {
      const file = await open(...args);
      const error = Object.assign(new Error('EINVAL: invalid argument, fsync'), { code: 'EINVAL' });
      vi.spyOn(file, 'sync').mockRejectedValue(error);
      return file;
    });
    onTestFinished(() => failing.mockRestore());
    const spool = openSpool(temporaryDirectory());
    append(spool, 'one');
    await spool.clock.advance(500);
    await expect.poll(() => failing.mock.settledResults.length).toBe(2);
    await spool.clock.settle();
    expect(spool.lines).toEqual([]);
    expect(append(spool, 'two')[0]).toBeDefined();
  });
});
