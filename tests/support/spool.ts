import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExporterStats, PowerRAGSpanProcessorOptions } from '@powerrag/exporter';
import { type Child, runToEnd, startChild } from './child-process.js';
import { temporaryFolder } from './temporary-folder.js';
import { waitFor } from './wait-for.js';

const PROGRAMS = join(import.meta.dirname, '../faults/programs');

/** Nothing listens there. */
export const NOWHERE = 'http://127.0.0.1:1';

/** What spool-emit.mjs is to do. */
export interface EmitPlan {
  readonly ledger: string;
  readonly sessionId: string;
  /** Without them, the application runs without the SDK. */
  readonly options?: PowerRAGSpanProcessorOptions;
  /** Spans in each tick. */
  readonly perTick: number;
  readonly tickMs?: number;
  /** Length of a text that each span carries. */
  readonly textBytes?: number;
  /** After this many ticks it does what `ending` says; without it, it runs until it is killed. */
  readonly ticks?: number;
  readonly ending?: 'stay' | 'exit' | 'end' | 'throw' | 'reject' | 'out of memory';
}

interface LedgerLine {
  readonly id: string;
  /**
   * Milliseconds of the application's own clock at which end() had returned. The clock counts its ticks: while the whole process stands
   * still, because the machine is busy or the disk is slow, no timer of the SDK can run either.
   */
  readonly at: number;
}

/** A fresh, empty ledger. */
export function newLedger(): string {
  const ledger = join(temporaryFolder(), 'ledger');
  writeFileSync(ledger, '');
  return ledger;
}

export function readLedger(ledger: string): LedgerLine[] {
  // The last line may be torn by a kill.
  const lines = readFileSync(ledger, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const [at, id] = line.split(' ');
    return { id: id ?? '', at: Number(at) };
  });
}

/** Spans of a process without those of its last moments: they ended this long before the last sign of life. */
export function endedBeforeLast(lines: readonly LedgerLine[], windowMs: number): string[] {
  const last = lines.at(-1)?.at ?? 0;
  return lines.filter(({ at }) => at < last - windowMs).map(({ id }) => id);
}

export function missing(ids: readonly string[], stored: readonly string[]): string[] {
  const present = new Set(stored);
  return ids.filter((id) => !present.has(id));
}

export function startEmitting(plan: EmitPlan, nodeArgs: readonly string[] = []): Child {
  return startChild(process.execPath, [...nodeArgs, join(PROGRAMS, 'spool-emit.mjs'), JSON.stringify(plan)]);
}

export function startProgram(program: string, args: readonly string[]): Child {
  return startChild(process.execPath, [join(PROGRAMS, program), ...args]);
}

/** Resolves when the application has ended this many spans. */
export async function emitted(ledger: string, spans: number): Promise<void> {
  await waitFor(() => existsSync(ledger) && readLedger(ledger).length >= spans, {
    what: `${spans} spans in the ledger`,
    intervalMs: 5,
  });
}

/** Starts the next process and waits until it has sent everything that is in the directory. */
export async function drain(spoolDirectory: string, baseUrl: string): Promise<ExporterStats> {
  const options = JSON.stringify({ spoolDirectory, baseUrl });
  const { code, stderr, stdout } = await runToEnd(process.execPath, [join(PROGRAMS, 'spool-drain.mjs'), options]);
  if (code !== 0) throw new Error(`the next process ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
