import { isProcessRealm } from './base/realm.js';

const EXIT_TIMEOUT_MS = 5_000;
/** A server that is not running does not delay the end of a program for long; one that answered before may be restarting. */
const EXIT_LIMITS = { timeoutMs: EXIT_TIMEOUT_MS, unreachableTimeoutMs: 1_000 };

/** A span processor, as the exit hooks use it. */
export interface ExitingProcessor {
  /** Number of pending spans. */
  pending(): number;
  /** Never rejects. */
  forceFlush(limits: typeof EXIT_LIMITS): Promise<unknown>;
  /**
   * Spools or drops pending spans, because the process is ending. Synchronous.
   * @param waitedMs how long the hooks have tried to send them; undefined when the process did not let them.
   */
  closeAtExit(waitedMs: number | undefined): void;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * One per process, even if both the ESM and the CommonJS build of this package are loaded: a second signal listener of ours
 * would be mistaken for one of the application.
 */
const EXIT_HOOKS: unique symbol = Symbol.for('powerrag.exit-hooks');

interface GlobalExitHooks {
  [EXIT_HOOKS]?: Pick<ExitHooks, 'add'>;
}

/**
 * Sends pending spans when the process ends: when it has nothing more to do, and at SIGTERM or SIGINT unless the application
 * handles that signal. Exit code and signal stay the same. Does nothing in the global scope of a test file, because the process
 * goes on after it. Returns a function that removes the hooks.
 */
export function installExitHooks(processor: ExitingProcessor): () => void {
  if (!isProcessRealm()) return () => {};
  const globals: typeof globalThis & GlobalExitHooks = globalThis;
  globals[EXIT_HOOKS] ??= new ExitHooks();
  return globals[EXIT_HOOKS].add(processor);
}

/** Listens to the process while it has at least one processor. */
class ExitHooks {
  readonly #processors = new Set<ExitingProcessor>();
  readonly #missedDeadline = new WeakSet<ExitingProcessor>();
  #isLeaving = false;

  /** Returns a function that removes the processor. */
  add(processor: ExitingProcessor): () => void {
    if (this.#processors.size === 0) this.#listen();
    this.#processors.add(processor);
    return () => {
      if (this.#processors.delete(processor) && this.#processors.size === 0) this.#stopListening();
    };
  }

  #listen(): void {
    process.on('beforeExit', this.#onBeforeExit);
    process.on('exit', this.#closeAll);
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  #stopListening(): void {
    process.off('beforeExit', this.#onBeforeExit);
    process.off('exit', this.#closeAll);
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }

  readonly #onBeforeExit = (): void => {
    for (const processor of this.#processors) {
      // `beforeExit` is emitted again after each flush. A server that missed the deadline once is not waited for again.
      if (this.#missedDeadline.has(processor) || processor.pending() === 0) continue;
      void processor.forceFlush(EXIT_LIMITS).then(() => {
        if (processor.pending() > 0) this.#missedDeadline.add(processor);
      });
    }
  };

  readonly #closeAll = (): void => {
    for (const processor of this.#processors) {
      processor.closeAtExit(this.#isLeaving || this.#missedDeadline.has(processor) ? EXIT_TIMEOUT_MS : undefined);
    }
  };

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    // The application's own listener decides when and how to end.
    if (process.listenerCount(signal) > 1) return;
    if (this.#isLeaving) {
      // A second signal ends the process at once.
      this.#leave(signal);
      return;
    }
    this.#isLeaving = true;
    const flushed = [...this.#processors].map((processor) => processor.forceFlush(EXIT_LIMITS));
    void Promise.all(flushed).then(() => this.#leave(signal));
  };

  /** Ends the process by the signal, which does not emit `exit`. */
  #leave(signal: NodeJS.Signals): void {
    this.#closeAll();
    process.off(signal, this.#onSignal);
    process.kill(process.pid, signal);
  }
}
