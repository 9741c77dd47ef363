/** For the tests of an application: what it records, in memory, without an exporter and without a network. */
import { context } from '@opentelemetry/api';
import { sharedState } from '../base/shared-state.js';
import { openTelemetryGlobal } from '../base/warn.js';
import { MemoryContextManager } from './context-manager.js';
import { MemoryProvider } from './memory-provider.js';
import { type ObservedObservation, viewOf } from './observed.js';

export type { ObservedObservation, ObservedTrace } from './observed.js';

/** The observations that have been made since `observeInMemory()` or `clear()`. */
export interface InMemoryObservations {
  /** Those that have ended, in order of end: children mostly come before their parents. */
  readonly observations: readonly ObservedObservation[];
  /** Those that have not ended. */
  readonly running: readonly ObservedObservation[];
  /** The one ended observation of that name. Throws unless there is exactly one; the error lists the names that ended. */
  named(name: string): ObservedObservation;
  /** Removes all observations; one that still runs is not added when it ends. */
  clear(): void;
  /** Sends observations where they went before. What was observed stays. Only the first call counts. */
  restore(): void;
  /** As `restore`, for `using`. */
  [Symbol.dispose](): void;
}

// The name that compilers of `using` fall back to where the runtime has none.
const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/**
 * Keeps every observation of the process in memory from now until `restore()`, in place of what is set up to record them; nothing
 * of them is sent. Spans of other instrumentation go where they went. Without a context manager, one is set until `restore()`.
 */
export function observeInMemory(): InMemoryObservations {
  const state = sharedState();
  const before = state.provider;
  const provider = new MemoryProvider();
  let removeContextManager = setContextManager();
  state.provider = provider;
  const restore = (): void => {
    if (state.provider === provider) state.provider = before;
    removeContextManager();
    removeContextManager = () => {};
  };
  const observations = (): ObservedObservation[] => {
    const { ended, started } = provider.memory;
    return ended.map((span) => viewOf(span, started));
  };
  return {
    get observations() {
      return observations();
    },
    get running() {
      const { started } = provider.memory;
      return started.filter(({ ended }) => !ended).map((span) => viewOf(span, started));
    },
    named(name) {
      const all = observations();
      const [found, ...others] = all.filter((observation) => observation.name === name);
      if (found && others.length === 0) return found;
      const count = found ? others.length + 1 : 'no';
      const names = all.map((observation) => observation.name).join(', ');
      throw new Error(`${count} ended observations are named ${name}; ended: ${names || 'none'}`);
    },
    clear() {
      provider.clear();
    },
    restore,
    [dispose]: restore,
  };
}

/** Returns a function that takes it away again. */
function setContextManager(): () => void {
  if (openTelemetryGlobal()?.context) return () => {};
  const manager = new MemoryContextManager();
  context.setGlobalContextManager(manager);
  return () => {
    if (openTelemetryGlobal()?.context === manager) context.disable();
  };
}
