import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { rateLimitedLog } from '../report/log.js';
import { Stats } from '../report/stats.js';
import { formatName, parseName, type thisHolder } from '../spool/directory/owner.js';
import type { BatchRecord } from '../spool/journal/batch-record.js';
import { Spool, type SpoolOptions } from '../spool/spool.js';
import { FakeClock } from './fake-clock.js';

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

/** A spool on a clock that the test sets; it closes with the test. */
export function openSpool(directory: string, options: Partial<SpoolOptions> = {}): SpoolUnderTest {
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
        batch.acknowledge();
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
export function orphan(directory: string, change: Partial<ReturnType<typeof thisHolder>> = { pid: endedPid }): void {
  for (const name of fs.readdirSync(directory)) {
    const parsed = parseName(name);
    if (!parsed?.holder) continue;
    const holder = { ...parsed.holder, ...change };
    fs.renameSync(path.join(directory, name), path.join(directory, formatName({ ...parsed, holder })));
  }
}

/** Writes each body as a batch of its own. */
export function append({ spool }: SpoolUnderTest, ...bodies: string[]): (BatchRecord | undefined)[] {
  return bodies.map((body) => spool.append(Buffer.from(body), body.length));
}

/** Files of this process below the directory. */
export function openFilesIn(directory: string): string[] {
  const files: string[] = [];
  for (const descriptor of fs.readdirSync('/proc/self/fd')) {
    const link = path.join('/proc/self/fd', descriptor);
    // The one through which this very list is read is gone already.
    const file = fs.existsSync(link) ? fs.readlinkSync(link) : '';
    if (file.startsWith(directory)) files.push(file);
  }
  return files;
}

/** When a process started, in the words of its system. */
export function startOf(pid: number): string {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
