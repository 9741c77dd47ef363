import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rateLimitedLog } from '../log.js';
import { Stats } from '../stats.js';
import { FakeClock } from '../testing/fake-clock.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { formatName, newOrigin, parseName, type thisHolder } from './owner.js';
import type { SpoolFiles } from './segment-writer.js';
import { Spool, type SpoolOptions } from './spool.js';

interface SpoolUnderTest {
  readonly spool: Spool;
  readonly stats: Stats;
  readonly lines: string[];
  readonly clock: FakeClock;
  /** Lets ten seconds pass, and waits for what the spool does then. */
  beat(): Promise<void>;
  /** Takes so many batches of earlier processes, and any beyond that, and says what was in them. */
  drain(count: number): Promise<string[]>;
  drainUntil(isAll: () => boolean): Promise<string[]>;
}

function openSpool(directory: string, options: Partial<SpoolOptions> = {}): SpoolUnderTest {
  const clock = new FakeClock();
  const stats = new Stats();
  const lines: string[] = [];
  const log = rateLimitedLog((line) => lines.push(line), clock);
  const spool = new Spool({ directory, maxBytes: 1_000_000, sync: 'interval', stats, log, clock, ...options });
  onTestFinished(() => spool.close());
  spool.start(() => {});
  const drain = async (isAll: (bodies: string[]) => boolean): Promise<string[]> => {
    const bodies: string[] = [];
    const deadline = Date.now() + 20_000;
    // Then for a moment longer: nothing else may come.
    for (let idle = 0; idle < 20 && Date.now() < deadline; idle += isAll(bodies) ? 1 : 0) {
      const batch = spool.takeRecovered();
      if (batch) {
        bodies.push(String(await batch.read()));
        batch.done();
      }
      await clock.settle();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return bodies;
  };
  const beat = async (): Promise<void> => {
    await clock.settle();
    await expect.poll(() => clock.timers, { timeout: 20_000 }).toBeGreaterThan(0);
    await clock.advance(10_000);
    await expect.poll(() => clock.timers, { timeout: 20_000 }).toBeGreaterThan(0);
  };
  return {
    spool,
    stats,
    lines,
    clock,
    beat,
    drain: (count) => drain((bodies) => bodies.length >= count),
    drainUntil: (isAll) => drain(isAll),
  };
}

const endedPid = spawnSync(process.execPath, ['-e', '']).pid;

/** Makes what this process holds look as if a process that has ended had left it. */
function orphan(directory: string, change: Partial<ReturnType<typeof thisHolder>> = { pid: endedPid }): void {
  for (const name of fs.readdirSync(directory)) {
    const parsed = parseName(name);
    if (!parsed?.holder) continue;
    const holder = { ...parsed.holder, ...change };
    fs.renameSync(path.join(directory, name), path.join(directory, formatName({ ...parsed, holder })));
  }
}

const append = ({ spool }: SpoolUnderTest, ...bodies: string[]) =>
  bodies.map((body) => spool.append(Buffer.from(body), body.length));

describe('what a process leaves behind', () => {
  it('when it closes is taken over at once, less what is done', async () => {
    const directory = temporaryDirectory();
    const first = openSpool(directory);
    const [, second] = append(first, 'one', 'two', 'three');
    second?.done();
    first.spool.close();
    expect(await openSpool(directory).drain(2)).toEqual(['one', 'three']);
  });

  it('when it is killed is taken over by the next, and its directory is gone when all of it is done', async () => {
    const directory = temporaryDirectory();
    append(openSpool(directory), 'one', 'two');
    orphan(directory);
    const next = openSpool(directory);
    expect(await next.drain(2)).toEqual(['one', 'two']);
    await expect.poll(() => fs.readdirSync(directory)).toEqual([]);
    expect(next.stats.corrupt).toBe(0);
  });

  it('is taken over by one process only, of however many that try at once', async () => {
    const directory = temporaryDirectory();
    const bodies = Array.from({ length: 20 }, (_, index) => `batch ${index}`);
    for (const body of bodies) {
      append(openSpool(directory), body);
      orphan(directory);
    }
    const takers = Array.from({ length: 8 }, () => openSpool(directory));
    const taken = await Promise.all(
      takers.map(({ drainUntil }) => drainUntil(() => fs.readdirSync(directory).length === 0)),
    );
    expect(taken.flat().toSorted()).toEqual(bodies.toSorted());
  });

  it('is taken over oldest first', async () => {
    const directory = temporaryDirectory();
    for (const [body, created] of [
      ['new', 2],
      ['old', 1],
    ] as const) {
      append(openSpool(directory), body);
      orphan(directory);
      for (const name of fs.readdirSync(directory)) {
        if (name.startsWith('00000000')) continue;
        const aged = name.replace(/^\d+/, String(created).padStart(15, '0'));
        fs.renameSync(path.join(directory, name), path.join(directory, aged));
      }
    }
    expect(await openSpool(directory).drain(2)).toEqual(['old', 'new']);
  });

  it('half sent by a process that died, too, is sent from there on by the next', async () => {
    const directory = temporaryDirectory();
    append(openSpool(directory), 'one', 'two', 'three');
    orphan(directory);
    const second = openSpool(directory);
    await second.clock.settle();
    await expect.poll(() => second.spool.hasRecovered).toBe(true);
    second.spool.takeRecovered()?.done();
    orphan(directory);
    expect(await openSpool(directory).drain(2)).toEqual(['two', 'three']);
  });

  it('is not touched while its process runs', async () => {
    const directory = temporaryDirectory();
    append(openSpool(directory), 'mine');
    // This very process, as seen by another.
    orphan(directory, { pid: process.ppid, start: startOf(process.ppid) });
    expect(await openSpool(directory).drain(0)).toEqual([]);
  });

  it('under a process id that another process has now is taken over', async () => {
    const directory = temporaryDirectory();
    append(openSpool(directory), 'of pid 1, before the restart');
    orphan(directory, { pid: process.ppid, start: '1' });
    expect(await openSpool(directory).drain(1)).toEqual(['of pid 1, before the restart']);
  });

  it.each([
    ['on another host', { space: '0'.repeat(12) }],
    ['in a thread of this process', { thread: 7 }],
  ])('%s is taken over when its heartbeat has stood still for a minute', async (_where, change) => {
    const directory = temporaryDirectory();
    const owner = openSpool(directory);
    append(owner, 'elsewhere');
    orphan(directory, change);
    const [name = ''] = fs.readdirSync(directory);
    const now = new Date(owner.clock.wallNow());
    fs.utimesSync(path.join(directory, name), now, now);
    const next = openSpool(directory);
    for (let minute = 0; minute < 7; minute++) {
      // It lives: its heartbeat moves.
      const beat = new Date(next.clock.wallNow());
      fs.utimesSync(path.join(directory, name), beat, beat);
      await next.beat();
      expect(next.spool.hasRecovered).toBe(false);
    }
    for (let beat = 0; beat < 8; beat++) await next.beat();
    expect(await next.drain(1)).toEqual(['elsewhere']);
  });

  it('with a torn end is sent up to it, and counted', async () => {
    const directory = temporaryDirectory();
    append(openSpool(directory), 'one', 'two');
    orphan(directory);
    const segment = path.join(directory, fs.readdirSync(directory)[0] ?? '', '000001.seg');
    fs.truncateSync(segment, fs.statSync(segment).size - 1);
    const next = openSpool(directory);
    expect(await next.drain(1)).toEqual(['one']);
    expect(next.stats.corrupt).toBe(1);
    expect(next.lines).toHaveLength(1);
    await expect.poll(() => fs.readdirSync(directory)).toEqual([]);
  });

  it('in files that are not the spool’s is left alone, and said once', async () => {
    const directory = temporaryDirectory();
    fs.writeFileSync(path.join(directory, 'notes.txt'), 'mine');
    fs.writeFileSync(path.join(directory, '001764000000123-1-abcd.spool'), 'PRSPOOL1');
    const { beat, drain, lines } = openSpool(directory);
    expect(await drain(0)).toEqual([]);
    for (let again = 0; again < 8; again++) await beat();
    expect(lines).toEqual([expect.stringContaining('2 files')]);
    expect(fs.readdirSync(directory)).toHaveLength(2);
  });

  it('in a symbolic link to a journal is not followed', async () => {
    const directory = temporaryDirectory();
    const elsewhere = temporaryDirectory();
    append(openSpool(elsewhere), 'one');
    const [name = ''] = fs.readdirSync(elsewhere);
    const link = path.join(directory, formatName({ origin: newOrigin(1), holder: undefined }));
    fs.symlinkSync(path.join(elsewhere, name), link);
    expect(await openSpool(directory).drain(0)).toEqual([]);
    expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
  });
});

describe('a process', () => {
  it('whose journal was taken from it begins another, and writes what it was about to write', async () => {
    const directory = temporaryDirectory();
    const frozen = openSpool(directory);
    append(frozen, 'one');
    orphan(directory);
    const [batch] = append(frozen, 'two');
    expect(String(await batch?.read())).toBe('two');
    expect(fs.readdirSync(directory)).toHaveLength(2);
  });

  it('is told when what it had written is with another process', async () => {
    const directory = temporaryDirectory();
    const [batch] = append(openSpool(directory), 'one');
    orphan(directory);
    expect(await batch?.read()).toBe('gone');
  });

  it('writes nothing beyond its maximum, says so once, and writes again when there is room', () => {
    const spool = openSpool(temporaryDirectory(), { maxBytes: 20_000 });
    const body = 'x'.repeat(1_000);
    const written = Array.from({ length: 30 }, () => append(spool, body)[0]);
    const taken = written.filter((batch) => batch !== undefined);
    expect(taken.length).toBeGreaterThan(15);
    expect(taken.length).toBeLessThan(20);
    expect(spool.spool.bytes).toBeLessThanOrEqual(20_000);
    expect(spool.spool).toMatchObject({ isFull: true, isUsable: false });
    expect(spool.lines).toEqual([expect.stringContaining('maximum')]);
    for (const batch of taken) batch.done();
    expect(spool.spool).toMatchObject({ isFull: false, isUsable: true });
    expect(append(spool, body)[0]).toBeDefined();
  });

  it('does not keep on disk what was sent, even when nothing more is written', async () => {
    const directory = temporaryDirectory();
    const spool = openSpool(directory);
    append(spool, 'one')[0]?.done();
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

  it('that ends does not wait for the pause after a failure to be over', () => {
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

  it('never writes again to a file of which a sync has failed', async () => {
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

  it('syncs within half a second, before it goes on, or not at all, as it was told', async () => {
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
});

/** When a process started, in the words of its system. */
function startOf(pid: number): string {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
