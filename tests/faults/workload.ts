import { join } from 'node:path';
import type { ExporterStats, PowerRAGSpanProcessorOptions, ShutdownReport } from '@powerrag/exporter';
import { type Exit, startChild } from '../support/child-process.js';
import { accountFor, type Confessed, type LossAccount, NOTHING_CONFESSED } from '../support/loss.js';
import { waitFor } from '../support/wait-for.js';
import type { SubjectName } from './scenario.js';

const PROGRAM = join(import.meta.dirname, 'programs/workload.mjs');

/** What an application does, in a process of its own, with one subject's span processor. */
export interface WorkloadSpec {
  readonly subject: SubjectName;
  readonly url: string;
  readonly spans: number;
  /** Spans that end in one turn of the event loop. Default: all of them. */
  readonly perTick?: number;
  /** Milliseconds from one such turn to the next. Default 0. */
  readonly tickMs?: number;
  /** Whether `forceFlush` is awaited after each of them; `tickMs` then counts from there. Default false. */
  readonly flushEachTick?: boolean;
  /** Text that each span carries. Default 300. */
  readonly payloadBytes?: number;
  /** Default: 'faults'. */
  readonly sessionId?: string;
  /** Only for our processor. */
  readonly options?: PowerRAGSpanProcessorOptions;
  /** Only for our processor. */
  readonly shutdownOptions?: { readonly timeoutMs: number };
  /** Milliseconds between the last span and the end. Default 0. */
  readonly pauseMs?: number;
  /** Whether all file descriptors of the process are in use meanwhile. Default false. */
  readonly exhaustsFiles?: boolean;
  /** Whether the ledger has the time at which each span ended. Default false. */
  readonly endTimes?: boolean;
  /** How often the heap is measured, after a garbage collection, while spans are emitted. Default: never. */
  readonly sampleHeapMs?: number;
  /** How the application handles SIGTERM. 'twice': stays at the first one, shuts down and exits with 7 at the second. */
  readonly onSignal?: 'twice';
  /** 'return': it does not flush at its end; 'stay': it has an open timer. */
  readonly end: 'shutdown' | 'return' | 'exit' | 'throw' | 'stay' | 'flush and exit';
}

/** What the application says when it exits. */
interface WorkloadReport {
  /** Only of our processor. */
  readonly stats?: ExporterStats;
  /** Sum of all calls of our `onDrop`. */
  readonly dropsReported: number;
  /** The most that `stats().pendingBytes` was after a turn. */
  readonly mostPendingBytes: number;
  readonly shutdown?: { readonly ms: number; readonly report?: ShutdownReport };
  /** Lines that went to OpenTelemetry's diagnostic log as errors. */
  readonly errors: number;
  readonly peakRssMegabytes: number;
  /** The longest stall of the event loop after the last span. */
  readonly longestBlockMs: number;
  readonly openFiles: { readonly before: number; readonly after?: number };
  /** Milliseconds since the first span, and bytes in use. */
  readonly heap: readonly (readonly [number, number])[];
}

/** How an application ended. */
interface WorkloadEnd {
  readonly exit: Exit;
  /** Undefined when a signal ended it. */
  readonly report: WorkloadReport | undefined;
  readonly stderr: string;
  /** From the last span to the end of the process. */
  readonly delayMs: number;
}

export interface Workload {
  readonly pid: number;
  /** Resolves with the ledger when the last span has ended. */
  emitted(): Promise<readonly string[]>;
  /** When each span ended, in Unix milliseconds; with `endTimes` alone. */
  endTimes(): Promise<ReadonlyMap<string, number>>;
  /** Resolves when the application has said that it received its n-th signal. */
  received(signals: number): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  ended(): Promise<WorkloadEnd>;
  /** Compares the ledger with these ids, and with the processor's counts of the rest. Waits for the end. */
  accountAgainst(stored: readonly string[], confessed?: Confessed): Promise<LossAccount>;
}

/** Far longer than starting a process and emitting takes, so that nothing fails on a busy machine. */
const PATIENCE_MS = 600_000;

export function startWorkload(spec: WorkloadSpec, limits: { readonly openFiles?: number } = {}): Workload {
  const flags = spec.sampleHeapMs ? ['--expose-gc'] : [];
  const args = [...flags, PROGRAM, JSON.stringify({ sessionId: 'faults', ...spec })];
  const child =
    limits.openFiles === undefined
      ? startChild(process.execPath, args)
      : startChild('sh', ['-c', `ulimit -n ${limits.openFiles}; exec "$@"`, 'sh', process.execPath, ...args]);
  let emittedAt = performance.now();
  child.process.stdout?.once('data', () => {
    emittedAt = performance.now();
  });
  const lines = () => child.stdout().split('\n').slice(0, -1);
  const said = <T>(key: string): T | undefined => {
    const line = lines().findLast((one) => one.startsWith(`{"${key}":`));
    return line === undefined ? undefined : JSON.parse(line)[key];
  };
  const emitted = async (): Promise<readonly (string | [string, number])[]> =>
    waitFor(
      () => {
        const ledger = said<(string | [string, number])[]>('emitted');
        if (ledger === undefined && child.process.exitCode !== null) throw new Error(child.stderr());
        return ledger;
      },
      { what: 'the ledger of the application', timeoutMs: PATIENCE_MS },
    );
  const ids = async () => (await emitted()).map((entry) => (typeof entry === 'string' ? entry : entry[0]));
  const ended = async (): Promise<WorkloadEnd> => {
    const exit = await child.ended;
    return { exit, report: said('report'), stderr: child.stderr(), delayMs: performance.now() - emittedAt };
  };
  return {
    pid: child.process.pid ?? 0,
    emitted: ids,
    endTimes: async () => new Map((await emitted()).filter((entry) => typeof entry !== 'string')),
    received: async (signals) => {
      await waitFor(() => said<number>('received') === signals, { what: `signal number ${signals}` });
    },
    kill: (signal) => {
      child.process.kill(signal);
    },
    ended,
    async accountAgainst(stored, confessed) {
      const { report, stderr } = await ended();
      return accountFor(await ids(), stored, confessed ?? report?.stats ?? toldAtTheEnd(stderr));
    },
  };
}

/** A signal ends a process before it can print its counts: our last line on standard error has the one that matters. */
function toldAtTheEnd(stderr: string): Confessed {
  const lost = /^\[powerrag\] (\d+) spans? dropped because the process ended/m.exec(stderr)?.[1];
  return lost === undefined ? NOTHING_CONFESSED : { ...NOTHING_CONFESSED, dropped: { process_exit: Number(lost) } };
}
