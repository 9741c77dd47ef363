import { spawnSync } from 'node:child_process';
import { chownSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startChild } from '../support/child-process.js';
import { Emitter } from '../support/emitter.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { allStored, storedIds } from '../support/loss.js';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { type EmitPlan, emitted, missing, newLedger, readLedger, startEmitting } from '../support/spool.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { waitFor } from '../support/wait-for.js';

const PATIENCE = { timeoutMs: 60_000 };
/** The long form: 15 minutes without a server, at 50 spans a second. The short one reaches the same bounds in seconds. */
const LONG_MS = 15 * 60_000;
const OUTAGE = process.env.POWERRAG_FAULTS_LONG
  ? { ms: LONG_MS, perTick: 5, tickMs: 100, maxQueueBytes: 1_000_000 }
  : { ms: 4_000, perTick: 10, tickMs: 20, maxQueueBytes: 60_000 };

let server: ServerProcess;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

async function behindProxy() {
  const proxy = await startFaultProxy(server.url);
  onTestFinished(() => proxy.close());
  return proxy;
}

function bytesUnder(directory: string): number {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) =>
    lstatSync(join(directory, name)),
  );
  return files.filter((stat) => stat.isFile()).reduce((sum, { size }) => sum + size, 0);
}

describe('an outage', () => {
  it(
    'with more spans than fit into memory drops none, and memory stays within its limit (E04)',
    async () => {
      const proxy = await behindProxy();
      await proxy.set({ kind: 'refuse' });
      const spoolDirectory = join(temporaryFolder(), 'spool');
      const { maxQueueBytes } = OUTAGE;
      const emitter = new Emitter(proxy.url, 'E04', { spoolDirectory, maxQueueBytes });
      let most = 0;
      const end = performance.now() + OUTAGE.ms;
      while (performance.now() < end) {
        emitter.emit(OUTAGE.perTick);
        most = Math.max(most, emitter.processor.stats().pendingBytes);
        await sleep(OUTAGE.tickMs);
      }
      const { pending, spoolBytes } = emitter.processor.stats();
      expect(pending).toBe(emitter.emitted.length);
      expect(spoolBytes).toBe(bytesUnder(spoolDirectory));
      // Most of it is only on disk.
      expect(spoolBytes).toBeGreaterThan(2 * maxQueueBytes);
      expect(most).toBeLessThanOrEqual(maxQueueBytes);

      await proxy.set({ kind: 'none' });
      await emitter.processor.shutdown(PATIENCE);
      expect(await emitter.account(server.url)).toEqual(allStored(emitter.emitted.length));
      expect(readdirSync(spoolDirectory)).toEqual([]);
    },
    OUTAGE.ms + 120_000,
  );
});

/** A small disk: a file system of its own where this process may mount one, else a limit on the size of files. */
function smallDisk(): { readonly spoolDirectory: string; readonly shell: string } {
  const folder = join(temporaryFolder(), 'small');
  mkdirSync(folder);
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]).status === 0;
  if (isMounted) onTestFinished(() => void spawnSync('umount', [folder]));
  return { spoolDirectory: join(folder, 'spool'), shell: isMounted ? '' : 'ulimit -f 256; ' };
}

/** Runs an application that ends by itself, behind a server that hangs at first, and compares its ledger with the store. */
async function runThroughFault(
  sessionId: string,
  spoolDirectory: string,
  wrap: (plan: EmitPlan) => ReturnType<typeof startEmitting>,
) {
  const proxy = await behindProxy();
  await proxy.set({ kind: 'hang' });
  const options = { spoolDirectory, baseUrl: proxy.url, flushIntervalMs: 100 };
  const plan: EmitPlan = {
    ledger: newLedger(),
    sessionId,
    options,
    perTick: 20,
    textBytes: 1_000,
    ticks: 60,
    ending: 'end',
  };
  const application = wrap(plan);
  await emitted(plan.ledger, 1_000);
  await waitFor(() => application.stderr() !== '', { what: 'a word on the spool' });
  await proxy.set({ kind: 'none' });
  // Never refuse connections, not even for a moment: a failed attempt would log one more line, by chance.
  proxy.reset();
  const exit = await application.ended;
  const ids = readLedger(plan.ledger).map(({ id }) => id);
  return {
    exit,
    emitted: ids.length,
    lost: missing(ids, await storedIds(server.url, sessionId)).length,
    lines: application.stderr().trim().split('\n'),
  };
}

/** What is logged when the proxy resets the connection on which the first request hangs. */
const CUT_OFF = expect.stringMatching(/spans could not be sent and are kept: the connection was closed/);

const PROGRAM = join(import.meta.dirname, 'programs/spool-emit.mjs');

describe('an application notices nothing, and drops nothing, when', () => {
  it('the disk of the spool is full in the middle of a write (E15)', async () => {
    const { shell, spoolDirectory } = smallDisk();
    const account = await runThroughFault('E15', spoolDirectory, (plan) =>
      startChild('bash', ['-c', `${shell}exec "$0" "$@"`, process.execPath, PROGRAM, JSON.stringify(plan)]),
    );
    expect(account).toMatchObject({ exit: { code: 0, signal: null }, emitted: 1_200, lost: 0 });
    expect(account.lines).toEqual([expect.stringMatching(/the spool cannot be written.*(ENOSPC|EFBIG)/), CUT_OFF]);
  });

  it('syncing the spool fails (E16)', async () => {
    const spoolDirectory = join(temporaryFolder(), 'spool');
    const failing = ['--import', join(import.meta.dirname, 'programs/spool-fail-sync.mjs')];
    const account = await runThroughFault('E16', spoolDirectory, (plan) => startEmitting(plan, failing));
    expect(account).toMatchObject({ exit: { code: 0, signal: null }, emitted: 1_200, lost: 0 });
    expect(account.lines).toEqual([expect.stringMatching(/the spool cannot be written.*EIO/), CUT_OFF]);
  });
});

describe('a spool directory', () => {
  const unusable: [string, () => string][] = [
    ['cannot be made', () => '/proc/powerrag/spool'],
    [
      'is a file',
      () => {
        const file = join(temporaryFolder(), 'file');
        writeFileSync(file, '');
        return file;
      },
    ],
    [
      'is a symbolic link',
      () => {
        const link = join(temporaryFolder(), 'link');
        symlinkSync(temporaryFolder(), link);
        return link;
      },
    ],
    ['belongs to another user', foreignDirectory],
  ];
  it.each(unusable)('that %s is reported in one line, and spans are still sent (E17)', async (what, make) => {
    const sessionId = `E17 ${what}`;
    const emitter = new Emitter(server.url, sessionId, { spoolDirectory: make() });
    emitter.emit(100);
    await emitter.processor.shutdown(PATIENCE);
    expect(await emitter.account(server.url)).toEqual(allStored(100));
    expect(emitter.logLines).toEqual([expect.stringContaining('spoolDirectory cannot be used')]);
  });

  it('that does not exist is created, for its owner only (E17)', async () => {
    const spoolDirectory = join(temporaryFolder(), 'not/yet/there');
    const emitter = new Emitter(server.url, 'E17', { spoolDirectory });
    emitter.emit(100);
    await emitter.processor.shutdown(PATIENCE);
    expect(await emitter.account(server.url)).toEqual(allStored(100));
    expect(lstatSync(spoolDirectory).mode & 0o777).toBe(0o700);
    expect(emitter.logLines).toEqual([]);
  });
});

/** A directory of another user: root's, or for root somebody else's. */
function foreignDirectory(): string {
  if (process.getuid?.() !== 0) return '/usr';
  const directory = temporaryFolder();
  chownSync(directory, 12_345, 12_345);
  return directory;
}
