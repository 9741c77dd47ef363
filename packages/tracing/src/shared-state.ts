import type { TracerProvider } from '@opentelemetry/api';
import type { TracingOptions } from './configure.js';

/** What every copy of this package in the process has in common: an application may load it as ESM and as CommonJS. */
interface SharedState {
  /** Set by `setTracerProvider`; null means the global provider. */
  provider: TracerProvider | null;
  options: TracingOptions;
  /** Orders trace updates over the whole process. */
  traceUpdates: number;
  /** Keys of the warnings that have been given. */
  readonly warned: Set<string>;
  /** Whether an observation has been seen to be active inside its own callback. */
  contextChecked: boolean;
}

const KEY = Symbol.for('powerrag.tracing');
const holder = globalThis as { [KEY]?: SharedState };

/** Looked up at each use: whichever copy comes first makes it. */
export function sharedState(): SharedState {
  holder[KEY] ??= { provider: null, options: {}, traceUpdates: 0, warned: new Set(), contextChecked: false };
  return holder[KEY];
}
