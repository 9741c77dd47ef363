import type { Log } from '../../base/log.js';
import { MAX_FIGURE } from '../figures.js';
import type { Deletion } from '../retention.js';
import { Deleter } from './deleter.js';
import { DigestLoop } from './digest-loop.js';
import type { DigestRows } from './digest-rows.js';
import type { DueDigests } from './due-digests.js';
import { Purger, type PurgerDeps } from './purger.js';
import type { Revisions } from './revisions.js';
import { TraceRows } from './trace-rows.js';

export interface SqliteRetentionDeps extends Omit<PurgerDeps, 'deleter'> {
  readonly digests: DigestRows;
  readonly due: DueDigests;
  readonly revisions: Revisions;
  readonly log: Log;
  /** Whether somebody waits for a read now, which needs the processor more. */
  readonly isRead: (() => boolean) | undefined;
}

/** Milliseconds of one slice of a deletion, in which nothing is stored: a client may wait for all of them. */
const SLICE_MS = 20;

/** Between two looks for contents that better versions of observations have left behind. */
const SWEEP_EVERY_MS = 60 * 60 * 1000;

/** Deletes traces, and cleans up after that between what else the thread does. */
export class SqliteRetention {
  readonly #deleter: Deleter;
  readonly #purger: Purger;
  readonly #loop: DigestLoop;
  readonly #sweeping: NodeJS.Timeout;
  readonly #left;
  readonly #clock: () => number;
  #isStopped = false;

  constructor(deps: SqliteRetentionDeps) {
    const { database, contents, log, clock, isRead } = deps;
    this.#clock = clock;
    this.#left = database.prepare(`SELECT count(*) AS count FROM (SELECT 1 FROM purges LIMIT ${MAX_FIGURE})`);
    this.#deleter = new Deleter({ ...deps, traces: new TraceRows(database, contents) });
    this.#purger = new Purger({ ...deps, deleter: this.#deleter });
    const slice = (budgetMs: number) => this.#purger.slice(budgetMs);
    this.#loop = new DigestLoop(slice, 'what was deleted cannot be cleaned up', log, clock, isRead);
    this.#sweeping = setInterval(() => {
      try {
        this.#purger.requestSweep();
      } catch {
        // The next look finds the same.
      }
      this.#loop.wake();
    }, SWEEP_EVERY_MS).unref();
    this.#loop.wake();
  }

  /** Writes down what is to be deleted. Durable when it resolves, with its key for `run`. */
  async request(projectId: string, what: Deletion): Promise<number> {
    return this.#deleter.request(projectId, what);
  }

  /** Something was stored: deletions take less of the thread for a moment. */
  noteWrite(): void {
    this.#loop.noteWrite();
  }

  /**
   * Deletes what was written down, in slices; what else the thread has to do is done in between, and takes four fifths of the time
   * while somebody stores or reads. Returns the number of traces.
   */
  async run(key: number): Promise<number> {
    while (!this.#isStopped) {
      const startMs = this.#clock();
      if (this.#deleter.step(SLICE_MS) === 'over') break;
      this.#purger.restart();
      await this.#loop.makeRoom(this.#clock() - startMs);
    }
    this.#loop.wake();
    return this.#deleter.takeCount(key);
  }

  async purged(): Promise<void> {
    this.#purger.requestSweep();
    await this.#loop.finish();
  }

  /** Deleted traces of which rows are still in the file, counted to `MAX_FIGURE`. */
  left(): number {
    return (this.#left.get() as { count: number }).count;
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#sweeping);
    this.#loop.stop();
  }
}
