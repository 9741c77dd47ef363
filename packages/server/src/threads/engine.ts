import { statSync } from 'node:fs';
import type { Log } from '../base/log.js';
import type { Reads } from '../http/forward-reads.js';
import { type Intake, intakeHere } from '../intake/intake.js';
import { normalise } from '../normalise/index.js';
import type { IngestLimits } from '../otlp/limits.js';
import { estimateCosts, type Overrides } from '../prices/index.js';
import type { Annotations } from '../store/annotations.js';
import type { ClientReportStore } from '../store/client-reports.js';
import type { SessionReader, Store } from '../store/contract.js';
import { type StoreFigures, UNKNOWN_WORK } from '../store/figures.js';
import type { LogEvents } from '../store/log-events.js';
import type { MediaStore } from '../store/media.js';
import type { Retention } from '../store/retention.js';
import type { SessionSearcher } from '../store/search.js';
import { DatabaseGuard } from '../store/sqlite/guard.js';
import { anyDriver } from '../store/sqlite/index.js';
import { IngestThread } from './ingest-thread.js';
import { ReadPool } from './read-pool.js';
import { readerIn } from './reader-in.js';
import { RunningReads } from './running-reads.js';

/** What stores and reads for the routes. */
export interface Engine {
  readonly intake: Intake;
  readonly reader: SessionReader & Partial<SessionSearcher>;
  readonly annotations: Annotations;
  readonly logEvents: LogEvents;
  readonly media: MediaStore;
  /** Absent where the store cannot delete. */
  readonly deleteTraces?: Retention['deleteTraces'];
  /** Where several servers keep what clients report; absent where each keeps its own. */
  readonly clientReportStore?: ClientReportStore | undefined;
  /** Answers what is read in other threads; absent when that is done in this one. */
  readonly reads?: Reads;
  /** Why nothing can be stored now, for a client to read; null when all is well. */
  trouble(): string | null;
  /** What the store says of itself, for metrics; absent where it says nothing. */
  readonly figures?: () => StoreFigures;
  /** Tells what other servers store in the same place; absent when there are none. */
  readonly watch?: Store['watch'];
  /** Resolves when everything is durable and the files are closed. */
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly prices: Overrides;
  readonly limits: IngestLimits;
  readonly log: Log;
  /** Told how many milliseconds each transaction took that stores what was sent. Default: nobody is. */
  readonly onCommit?: (ms: number) => void;
}

/**
 * Stores and reads in this thread.
 *
 * @param database the SQLite file of the store; absent for another store.
 */
export function engineHere(store: Store, { prices, limits, log }: EngineOptions, database?: string): Engine {
  const withCost = estimateCosts(prices);
  const stores = { logEvents: store, annotations: store, media: store };
  return {
    ...{ ...stores, reader: store },
    ...(store.deleteTraces && { deleteTraces: store.deleteTraces }),
    intake: intakeHere({
      ...{ ...stores, writer: store, pieces: store },
      ...(store.deleteTraces && { agentSessions: { ...store, deleteTraces: store.deleteTraces } }),
      ...{ normalise: (span) => withCost(normalise(span)), withCost, limits, log },
    }),
    clientReportStore: clientReportStoreOf(store),
    trouble: () => store.trouble?.() ?? null,
    ...(database !== undefined && { figures: () => ({ ...bytesOf(database), ...(store.work?.() ?? UNKNOWN_WORK) }) }),
    ...(store.watch === undefined ? {} : { watch: store.watch }),
    close: () => store.close(),
  };
}

function clientReportStoreOf({ writeClientReports, listClientReports }: Store): ClientReportStore | undefined {
  return writeClientReports && listClientReports && { writeClientReports, listClientReports };
}

export interface ThreadsOptions extends EngineOptions {
  /** The SQLite file. */
  readonly database: string;
  /** The program of the workers, see `src/worker.ts`. */
  readonly workerFile: string;
  /** Is told of traces whose session is shown otherwise, though no more of it was stored. */
  readonly onShown: (projectId: string, traceIds: readonly string[]) => void;
}

/** Stores in one worker and reads in others. Rejects with `DatabaseUnusable` or `SqliteMissing`, leaving nothing open. */
export async function engineInThreads(options: ThreadsOptions): Promise<Engine> {
  const { database, workerFile: file, prices, limits, log, onCommit, onShown } = options;
  const guard = new DatabaseGuard(database, anyDriver());
  const runningReads = new RunningReads();
  const storing = IngestThread.start({ file, guard, prices, limits, log, runningReads, onCommit, onShown });
  const reading = ReadPool.start({ file, guard, log, runningReads });
  const close = async (): Promise<void> => {
    const [writer, reads] = await Promise.allSettled([storing, reading]);
    if (reads.status === 'fulfilled') await reads.value.close();
    const closed = writer.status === 'fulfilled' ? await writer.value.close() : null;
    guard.release(closed?.isLeftOpen ?? false);
  };
  try {
    const [writer, reads] = await Promise.all([storing, reading]);
    guard.hold();
    return { ...partsIn(writer, reads), figures: () => ({ ...bytesOf(guard.lock.file), ...writer.work() }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function partsIn(writer: IngestThread, reads: ReadPool): Omit<Engine, 'close'> {
  const reader = readerIn(reads);
  return {
    ...{ intake: writer, reader, reads },
    annotations: {
      ...reader,
      writeAnnotations: writer.writeAnnotations,
      deleteAnnotation: writer.deleteAnnotation,
    },
    logEvents: { readLogEvents: reader.readLogEvents, writeLogEvents: onlyInWorker },
    media: { readMedia: reader.readMedia, writeMedia: writer.writeMedia },
    deleteTraces: writer.deleteTraces,
    trouble: () => writer.trouble(),
  };
}

/** Of a SQLite file. */
function bytesOf(file: string): Pick<StoreFigures, 'databaseBytes' | 'logBytes'> {
  const size = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? null;
  return { databaseBytes: size(file), logBytes: size(`${file}-wal`) };
}

async function onlyInWorker(): Promise<never> {
  throw new Error('the events of logs are stored where their bodies are taken');
}
