import { Worker } from 'node:worker_threads';
import type { Log } from '../base/log.js';
import { type CallMessage, type Calls, fromErrorMessage, type WorkerMessage } from './messages.js';

/** A worker ended on its own: it failed, or had no memory left. */
export class ThreadDied extends Error {
  override readonly name = 'ThreadDied';
}

export interface ThreadOptions {
  /** The program of all workers, as JavaScript: see `src/worker.ts`. */
  readonly file: string;
  /** Says which worker it is to be; a copy goes to it. */
  readonly data: unknown;
  /** What its JavaScript may take, in MiB; a worker that needs more ends, and not the process. */
  readonly memoryMiB: number;
  /** Gets the lines of the worker. */
  readonly log: Log;
  readonly onNotice?: (notice: unknown) => void;
  /** Called once, when the worker has ended on its own after it had started. */
  readonly onDeath?: (error: ThreadDied) => void;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A worker thread whose functions can be called from this thread. */
export class Thread<C extends Calls> {
  /** Resolves when the worker answers calls; rejects with why it could not start. */
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  /** Why there are no more answers. */
  #end: Error | null = null;

  constructor({ file, data, memoryMiB, log, onNotice, onDeath }: ThreadOptions) {
    this.#worker = new Worker(file, {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: memoryMiB },
      // Closing a file that the worker left open would release the locks that this process has on the database.
      trackUnmanagedFds: false,
    });
    let settle: Pending = { resolve: () => {}, reject: () => {} };
    let hasStarted = false;
    this.ready = new Promise<void>((resolve, reject) => {
      settle = { resolve: () => resolve(), reject };
    });
    this.ready.catch(() => {});
    this.#worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') {
        hasStarted = true;
        settle.resolve(undefined);
      } else if (message.kind === 'failed') this.#endWith(fromErrorMessage(message.error), settle);
      else if (message.kind === 'log') {
        if (message.level === 'info') log.info(message.message);
        else log.error(message.message, message.cause ?? undefined);
      } else if (message.kind === 'notice') onNotice?.(message.value);
      else this.#settle(message);
    });
    const die = (reason: string) => {
      if (this.#end !== null) return;
      const error = new ThreadDied(reason);
      this.#endWith(error, settle);
      if (hasStarted) onDeath?.(error);
    };
    this.#worker.on('error', (error: NodeJS.ErrnoException) => die(`${error.code ?? error.name}: ${error.message}`));
    this.#worker.on('exit', (code) => die(`it ended with code ${code}`));
  }

  /**
   * Calls a function of the worker. Rejects with its error, or with `ThreadDied` when the worker ends first.
   *
   * @param transfer buffers in the arguments that are handed over, not copied: nobody else may use them any more.
   */
  call<N extends keyof C & string>(
    name: N,
    args: Parameters<C[N]>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Awaited<ReturnType<C[N]>>> {
    return new Promise((resolve, reject) => {
      if (this.#end !== null) return void reject(this.#end);
      this.#lastId += 1;
      const message: CallMessage = { id: this.#lastId, name, args };
      this.#pending.set(message.id, {
        resolve: (value) => resolve(value as Awaited<ReturnType<C[N]>>),
        reject,
      });
      this.#worker.postMessage(message, transfer);
    });
  }

  /** Ends the worker, as soon as a query that it runs is over; what it still had to do is rejected at once. */
  async terminate(): Promise<void> {
    this.#endWith(new ThreadDied('it was ended'), null);
    await this.#worker.terminate();
  }

  #settle(message: Extract<WorkerMessage, { kind: 'result' | 'error' }>): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === 'result') pending?.resolve(message.value);
    else pending?.reject(fromErrorMessage(message.error));
  }

  #endWith(error: Error, starting: Pending | null): void {
    this.#end ??= error;
    starting?.reject(error);
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}
