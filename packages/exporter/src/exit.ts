import { isProcessRealm } from './base/realm.js';

/** What has to leave before the process is gone. */
export interface Flushable {
  /** Never rejects. */
  forceFlush(options: { readonly timeoutMs: number }): Promise<void>;
  stats(): { readonly pending: number };
  /**
   * The process is ending now: whatever is left is lost, or written to disk at once. Synchronous.
   * @param waitedMs how long it was waited for what is left; undefined where the process did not let us wait
   */
  abandon(waitedMs: number | undefined): void;
}

const EXIT_TIMEOUT_MS = 5_000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * One a process, also where both the ESM and the CommonJS build of this package are loaded: a second listener of ours for a
 * signal would be taken for one of the application's.
 */
const EXIT_HOOKS: unique symbol = Symbol.for('powerrag.exit-hooks');

interface GlobalExitHooks {
  [EXIT_HOOKS]?: Pick<ExitHooks, 'add'>;
}

/**
 * Sends what is left when the process ends: when it has nothing more to do, and at SIGTERM or SIGINT if the application does
 * not handle them itself. How the process ends stays the same: exit code and signal are untouched.
 * In a global scope that a test runner has made and will throw away, nothing is hooked: the process goes on after it.
 * Returns a function that takes the hooks away.
 */
export function installExitHooks(flushable: Flushable): () => void {
  if (!isProcessRealm()) return () => {};
  const globals: typeof globalThis & GlobalExitHooks = globalThis;
  globals[EXIT_HOOKS] ??= new ExitHooks();
  return globals[EXIT_HOOKS].add(flushable);
}

/** Listens as long as there is something to flush. */
class ExitHooks {
  readonly #flushables = new Set<Flushable>();
  readonly #missedDeadline = new WeakSet<Flushable>();
  #isLeaving = false;

  /** Returns a function that takes it out again. */
  add(flushable: Flushable): () => void {
    if (this.#flushables.size === 0) this.#listen();
    this.#flushables.add(flushable);
    return () => {
      if (this.#flushables.delete(flushable) && this.#flushables.size === 0) this.#listenNoMore();
    };
  }

  #listen(): void {
    process.on('beforeExit', this.#onBeforeExit);
    process.on('exit', this.#abandon);
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  #listenNoMore(): void {
    process.off('beforeExit', this.#onBeforeExit);
    process.off('exit', this.#abandon);
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }

  readonly #onBeforeExit = (): void => {
    for (const flushable of this.#flushables) {
      // `beforeExit` comes again after each flush; a server that did not answer once is not waited for again.
      if (this.#missedDeadline.has(flushable) || flushable.stats().pending === 0) continue;
      void flushable.forceFlush({ timeoutMs: EXIT_TIMEOUT_MS }).then(() => {
        if (flushable.stats().pending > 0) this.#missedDeadline.add(flushable);
      });
    }
  };

  readonly #abandon = (): void => {
    for (const flushable of this.#flushables) {
      flushable.abandon(this.#isLeaving || this.#missedDeadline.has(flushable) ? EXIT_TIMEOUT_MS : undefined);
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
    const flushed = [...this.#flushables].map((flushable) => flushable.forceFlush({ timeoutMs: EXIT_TIMEOUT_MS }));
    void Promise.all(flushed).then(() => this.#leave(signal));
  };

  /** A signal ends the process without an `exit` event. */
  #leave(signal: NodeJS.Signals): void {
    this.#abandon();
    process.off(signal, this.#onSignal);
    process.kill(process.pid, signal);
  }
}
