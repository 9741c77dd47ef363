import type { Log } from '../base/log.js';
import type { SentBody } from '../ingest/body.js';
import type { Intake } from '../intake/intake.js';
import type { IngestLimits } from '../otlp/limits.js';
import type { Overrides } from '../prices/index.js';
import type { Annotations } from '../store/annotations.js';
import { UNKNOWN_WORK, type WorkFigures } from '../store/figures.js';
import type { MediaStore } from '../store/media.js';
import type { Retention } from '../store/retention.js';
import type { DatabaseGuard } from '../store/sqlite/guard.js';
import { StoreUnavailable } from '../store/unavailable.js';
import type { IngestCalls, IngestNotice, IngestWorkerData } from './ingest-worker.js';
import { RunningReads } from './running-reads.js';
import { Thread, ThreadDied } from './thread.js';

export interface IngestThreadOptions {
  /** The program of the workers. */
  readonly file: string;
  readonly guard: DatabaseGuard;
  readonly prices: Overrides;
  readonly limits: IngestLimits;
  readonly log: Log;
  /** Reads that run in other threads. Default: none. */
  readonly runningReads?: RunningReads;
  /** Told how many milliseconds each transaction took. Default: nobody is. */
  readonly onCommit?: ((ms: number) => void) | undefined;
  /** Is told of traces whose session is shown otherwise, though no more of it was stored. */
  readonly onShown: (projectId: string, traceIds: readonly string[]) => void;
}

/** Far above what bodies within the limits take: V8 ends the process, not only the worker, when memory ends in a parser. */
const MEMORY_MIB = 2_048;

/** Milliseconds before the next attempt to replace a worker; the first is made at once. */
const RETRY_MS = 1_000;
const LOST = 'The server lost what it had in work; send this batch again.';

/** Everything that writes, in a worker of its own. When the worker dies, its requests are refused and another takes its place. */
export class IngestThread implements Intake {
  readonly #options: IngestThreadOptions;
  #thread: Thread<IngestCalls>;
  #trouble: string | null = null;
  #work = UNKNOWN_WORK;
  #isClosing = false;

  private constructor(options: IngestThreadOptions) {
    this.#options = options;
    this.#thread = this.#spawn(false);
  }

  /** Resolves when the database is open. Rejects with `DatabaseUnusable`. */
  static async start(options: IngestThreadOptions): Promise<IngestThread> {
    const started = new IngestThread(options);
    await started.#thread.ready;
    return started;
  }

  /** Why nothing can be stored now; null when all is well. */
  trouble(): string | null {
    return this.#trouble;
  }

  /** What was left to do a second ago. */
  work(): WorkFigures {
    return this.#work;
  }

  readonly traces: Intake['traces'] = (projectId, mediaType, body) =>
    this.#call('traces', [projectId, mediaType, body], [bufferOf(body)]);

  readonly logs: Intake['logs'] = (projectId, mediaType, body) =>
    this.#call('logs', [projectId, mediaType, body], [bufferOf(body)]);

  readonly langfuseBatch: Intake['langfuseBatch'] = (projectId, body) =>
    this.#call('langfuseBatch', [projectId, body], [bufferOf(body)]);

  readonly writeAnnotations: Annotations['writeAnnotations'] = (...args) => this.#call('writeAnnotations', args);

  readonly deleteAnnotation: Annotations['deleteAnnotation'] = (...args) => this.#call('deleteAnnotation', args);

  readonly writeMedia: MediaStore['writeMedia'] = (...args) => this.#call('writeMedia', args);

  readonly deleteTraces: Retention['deleteTraces'] = (...args) => this.#call('deleteTraces', args);

  /** Makes everything durable and closes the database. */
  async close(): Promise<{ readonly isLeftOpen: boolean }> {
    this.#isClosing = true;
    try {
      return await this.#thread.call('close', []);
    } catch (error) {
      if (error instanceof ThreadDied) return { isLeftOpen: false };
      throw error;
    } finally {
      await this.#thread.terminate();
    }
  }

  async #call<N extends keyof IngestCalls>(
    name: N,
    args: Parameters<IngestCalls[N]>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Awaited<ReturnType<IngestCalls[N]>>> {
    try {
      return await this.#thread.call(name, args, transfer);
    } catch (error) {
      throw error instanceof ThreadDied ? new StoreUnavailable(LOST) : error;
    }
  }

  #spawn(isReplacement: boolean): Thread<IngestCalls> {
    const { file, guard, prices, limits, log, onCommit, runningReads = new RunningReads() } = this.#options;
    const data: IngestWorkerData = {
      ...{ kind: 'ingest', file: guard.lock.file, wasUsed: guard.lock.wasUsed },
      ...{ isReplacement, prices, limits, runningReads: runningReads.shared },
    };
    return new Thread<IngestCalls>({
      ...{ file, data, memoryMiB: MEMORY_MIB, log },
      onNotice: (value) => {
        const notice = value as IngestNotice;
        if ('trouble' in notice) this.#trouble = notice.trouble;
        else if ('work' in notice) this.#work = notice.work;
        else if ('shown' in notice) this.#options.onShown(notice.shown.projectId, notice.shown.traceIds);
        else onCommit?.(notice.commitMs);
      },
      onDeath: (error) => {
        if (this.#isClosing) return;
        log.error(`the worker that stores spans ended and is replaced; clients keep their spans (${error.message})`);
        void this.#replace();
      },
    });
  }

  async #replace(): Promise<void> {
    for (let isFirst = true; !this.#isClosing; isFirst = false) {
      if (!isFirst) await later(RETRY_MS);
      if (!this.#options.guard.isInPlace()) {
        this.#trouble = 'Nothing can be stored: the database file was deleted or replaced. Restart the server.';
        continue;
      }
      this.#thread = this.#spawn(true);
      try {
        await this.#thread.ready;
        this.#trouble = null;
        return;
      } catch (error) {
        this.#trouble = 'Nothing can be stored: the database cannot be opened again. The log of the server says why.';
        this.#options.log.error('the worker that stores spans could not be replaced', error);
      }
    }
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

/** Bodies are read into a buffer of their own, see `readSent`. */
function bufferOf({ bytes }: SentBody): ArrayBuffer {
  if (!(bytes.buffer instanceof ArrayBuffer)) throw new TypeError('a body must be in memory of this thread');
  return bytes.buffer;
}
