/** What has to be flushed before the process is gone. */
export interface Flushable {
  forceFlush(options: { readonly timeoutMs: number }): Promise<void>;
  stats(): { readonly pending: number };
}

const EXIT_TIMEOUT_MS = 5_000;

/**
 * Flushes when the process has nothing left to do, so that a program which simply ends loses nothing.
 * Returns a function that takes the hook away.
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
  process.on('beforeExit', onBeforeExit);
  return () => {
    process.off('beforeExit', onBeforeExit);
  };
}
