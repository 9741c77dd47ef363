/** What has to leave before the process is gone. */
export interface Flushable {
  forceFlush(options: { readonly timeoutMs: number }): Promise<void>;
  stats(): { readonly pending: number };
  /** The process is ending now: whatever is left is lost, or written to disk at once. Synchronous. */
  abandon(): void;
}

const EXIT_TIMEOUT_MS = 5_000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Sends what is left when the process ends: when it has nothing more to do, and at SIGTERM or SIGINT if the application does
 * not handle them itself. How the process ends stays the same: exit code and signal are untouched.
 * Returns a function that takes the hooks away.
 */
export function installExitHooks(flushable: Flushable): () => void {
  let missedDeadline = false;
  const onBeforeExit = (): void => {
    // `beforeExit` comes again after each flush; a server that did not answer once is not waited for again.
    if (missedDeadline || flushable.stats().pending === 0) return;
    void flushable.forceFlush({ timeoutMs: EXIT_TIMEOUT_MS }).then(() => {
      missedDeadline = flushable.stats().pending > 0;
    });
  };
  const onExit = (): void => flushable.abandon();
  let isLeaving = false;
  /** A signal ends the process without an `exit` event. */
  const leave = (signal: NodeJS.Signals): void => {
    flushable.abandon();
    process.off(signal, onSignal);
    process.kill(process.pid, signal);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    // The application's own listener decides when and how to end.
    if (process.listenerCount(signal) > 1) return;
    if (isLeaving) {
      // A second signal ends the process at once.
      leave(signal);
      return;
    }
    isLeaving = true;
    void flushable.forceFlush({ timeoutMs: EXIT_TIMEOUT_MS }).then(() => leave(signal));
  };
  process.on('beforeExit', onBeforeExit);
  process.on('exit', onExit);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    process.off('beforeExit', onBeforeExit);
    process.off('exit', onExit);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
