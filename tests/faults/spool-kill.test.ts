import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedIds } from '../support/loss.js';
import { seededRandom } from '../support/random.js';
import { type ServerProcess, startServer } from '../support/server-process.js';
import {
  drain,
  type EmitPlan,
  emitted,
  endedBeforeLast,
  missing,
  NOWHERE,
  newLedger,
  readLedger,
  startEmitting,
  startProgram,
} from '../support/spool.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { waitFor } from '../support/wait-for.js';

const KILLS = Number(process.env.POWERRAG_FAULT_KILLS ?? 10);
/** Only against a hang; each start takes a fraction of it. */
const KILLS_DEADLINE_MS = 60_000 + KILLS * 6_000;
/** How long a span may wait for others before its batch is written. */
const FLUSH_INTERVAL_MS = 200;
/**
 * Spans that ended longer than this before the last sign of life must be on disk: the interval, and how late a timer may be compared with
 * the application's own ticks, which are timers of the same loop and its clock.
 */
const WINDOW_MS = FLUSH_INTERVAL_MS + 100;

let server: ServerProcess;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

const newSpool = (): string => join(temporaryFolder(), 'spool');

function plan(sessionId: string, spoolDirectory: string, baseUrl: string, more: Partial<EmitPlan> = {}): EmitPlan {
  const options = { spoolDirectory, baseUrl, flushIntervalMs: FLUSH_INTERVAL_MS, ...more.options };
  return { ledger: newLedger(), sessionId, perTick: 2, ...more, options };
}

describe('an application that is killed drops nothing that ended before the last moment', () => {
  it(
    `by SIGKILL at ${KILLS} random moments, server up and down by turns, each time started again (E11)`,
    async () => {
      const random = seededRandom(11);
      const spoolDirectory = newSpool();
      const runs: EmitPlan[] = [];
      for (let kill = 0; kill < KILLS; kill++) {
        const run = plan('E11', spoolDirectory, kill % 2 === 0 ? NOWHERE : server.url);
        runs.push(run);
        const application = startEmitting(run);
        await emitted(run.ledger, 1);
        await sleep(random() * 1_000);
        application.process.kill('SIGKILL');
        expect(await application.ended).toEqual({ code: null, signal: 'SIGKILL' });
        expect(application.stderr()).not.toContain('damaged');
      }
      await drain(spoolDirectory, server.url);
      const stored = await storedIds(server.url, 'E11');
      const ledgers = runs.map(({ ledger }) => readLedger(ledger));
      const promised = ledgers.flatMap((lines) => endedBeforeLast(lines, WINDOW_MS));
      expect(missing(promised, stored)).toEqual([]);
      expect(stored).toHaveLength(new Set(stored).size);
      // A kill at a time when all spans are on disk would show little.
      expect(promised.length).toBeGreaterThan(KILLS);
      expect(
        missing(
          ledgers.flat().map(({ id }) => id),
          stored,
        ).length,
      ).toBeGreaterThan(0);
    },
    KILLS_DEADLINE_MS,
  );

  it(
    `by SIGKILL ${KILLS} times while segments are begun and removed and what others left is sent (E12)`,
    async () => {
      const random = seededRandom(12);
      const spoolDirectory = newSpool();
      // Segments of 512 KiB, several a second; they are removed as soon as the server has them.
      const options = { maxSpoolBytes: 4 * 1024 * 1024, flushAt: 10 };
      const runs: EmitPlan[] = [];
      for (let kill = 0; kill < KILLS; kill++) {
        const baseUrl = kill % 3 === 0 ? NOWHERE : server.url;
        const run = plan('E12', spoolDirectory, baseUrl, { options, perTick: 4, tickMs: 20, textBytes: 4_000 });
        runs.push(run);
        const application = startEmitting(run);
        // If a start fails, no span ends.
        await emitted(run.ledger, 1);
        await sleep(random() * 700);
        application.process.kill('SIGKILL');
        await application.ended;
        expect(application.stderr()).not.toMatch(/maximum|Error:/);
      }
      const { corrupt } = await drain(spoolDirectory, server.url);
      const stored = await storedIds(server.url, 'E12');
      const promised = runs.flatMap(({ ledger }) => endedBeforeLast(readLedger(ledger), WINDOW_MS));
      expect(missing(promised, stored)).toEqual([]);
      expect(stored).toHaveLength(new Set(stored).size);
      expect(promised.length).toBeGreaterThan(KILLS);
      // At most one torn record for each kill.
      expect(corrupt).toBeLessThanOrEqual(KILLS);
    },
    KILLS_DEADLINE_MS,
  );

  it('by running out of memory (E20)', async () => {
    const spoolDirectory = newSpool();
    const run = plan('E20', spoolDirectory, NOWHERE, { ticks: 150, ending: 'out of memory' });
    const { code, signal } = await startEmitting(run, ['--max-old-space-size=48']).ended;
    expect(code === 134 || signal === 'SIGABRT', `ended with ${code ?? signal}`).toBe(true);
    await drain(spoolDirectory, server.url);
    const promised = endedBeforeLast(readLedger(run.ledger), WINDOW_MS);
    expect(promised.length).toBeGreaterThan(50);
    expect(missing(promised, await storedIds(server.url, 'E20'))).toEqual([]);
  });

  it('in a thread that is terminated, and the process then ends by itself (E40)', async () => {
    const spoolDirectory = newSpool();
    const run = plan('E40', spoolDirectory, NOWHERE);
    const application = startProgram('spool-worker.mjs', [JSON.stringify(run), '400']);
    expect(await application.ended).toEqual({ code: 0, signal: null });
    await drain(spoolDirectory, server.url);
    const promised = endedBeforeLast(readLedger(run.ledger), WINDOW_MS);
    expect(promised.length).toBeGreaterThan(50);
    expect(missing(promised, await storedIds(server.url, 'E40'))).toEqual([]);
  });
});

/** How many spans are in the files of a spool: each contains the text once. */
function spansOnDisk(spoolDirectory: string): number {
  const text = 'x'.repeat(100);
  const contents = readdirSync(spoolDirectory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => readFileSync(join(parentPath, name), 'latin1'));
  return contents.reduce((sum, content) => sum + content.split(text).length - 1, 0);
}

describe('eight processes with one spool directory', () => {
  it('are killed together, and each span is sent by exactly one of the eight that start next (E18)', async () => {
    const spoolDirectory = newSpool();
    const runs = Array.from({ length: 8 }, () => plan('E18', spoolDirectory, NOWHERE, { ticks: 20, ending: 'stay' }));
    const application = startProgram('spool-cluster.mjs', [JSON.stringify(runs)]);
    await waitFor(() => application.stdout().includes('\n'), { what: 'the process ids' });
    for (const { ledger } of runs) await emitted(ledger, 40);
    await waitFor(() => spansOnDisk(spoolDirectory) === 8 * 40, { what: 'all spans on disk', intervalMs: 5 });
    const pids: number[] = JSON.parse(application.stdout());
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    application.process.kill('SIGKILL');
    await application.ended;

    const drained = await Promise.all(Array.from({ length: 8 }, () => drain(spoolDirectory, server.url)));
    const ids = runs.flatMap(({ ledger }) => readLedger(ledger)).map(({ id }) => id);
    expect(missing(ids, await storedIds(server.url, 'E18'))).toEqual([]);
    expect(drained.reduce((sum, { recovered }) => sum + recovered, 0)).toBe(ids.length);
  });
});

describe('an application that is frozen', () => {
  it('continues where it was, and no other process takes over its spans in the meantime (E41)', async () => {
    const spoolDirectory = newSpool();
    const run = plan('E41', spoolDirectory, server.url, { ticks: 400, ending: 'end' });
    const frozen = startEmitting(run);
    await emitted(run.ledger, 20);
    await waitFor(() => readdirSync(spoolDirectory).length > 0, { what: 'its journal', intervalMs: 5 });
    frozen.process.kill('SIGSTOP');
    const other = startEmitting(plan('E41 other', spoolDirectory, server.url, { ticks: 100, ending: 'end' }));
    expect(await other.ended).toEqual({ code: 0, signal: null });
    expect(readdirSync(spoolDirectory)).toEqual([expect.stringContaining(`.${frozen.process.pid}.`)]);
    frozen.process.kill('SIGCONT');
    expect(await frozen.ended).toEqual({ code: 0, signal: null });
    const stored = await storedIds(server.url, 'E41');
    const lines = readLedger(run.ledger);
    expect(
      missing(
        lines.map(({ id }) => id),
        stored,
      ),
    ).toEqual([]);
    expect(stored).toHaveLength(800);
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(frozen.stderr() + other.stderr()).toBe('');
  });
});
