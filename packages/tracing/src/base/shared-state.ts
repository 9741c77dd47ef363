import type { TracerProvider } from '@opentelemetry/api';
import { type ObservationType, TRACING_STATE } from '@powerrag/protocol';
import type { AttributeSink } from './sdk-span.js';
import type { TracingOptions } from './types.js';

/** State shared by all copies of this package in the process: an application may load it both as ESM and as CommonJS. */
interface SharedState {
  /** Set by `setTracerProvider`; null means the global provider. */
  provider: TracerProvider | null;
  options: TracingOptions;
  /** Also writes the attributes for other backends. Set on request, so that programs without it need not bundle it. */
  alsoWrite: ((sink: AttributeSink, attributes: object, type?: ObservationType) => void) | undefined;
  /** Orders trace updates over the whole process. */
  traceUpdates: number;
  /** The warnings that have been given. */
  readonly warned: Set<string>;
  /** Whether an observation has been seen to be active inside its own callback. */
  contextChecked: boolean;
}

const holder = globalThis as { [TRACING_STATE]?: SharedState };

/** Looked up at each use: the first copy that needs it creates it. */
export function sharedState(): SharedState {
  const known = holder[TRACING_STATE];
  if (known) return known;
  const created: SharedState = {
    provider: null,
    options: {},
    alsoWrite: undefined,
    traceUpdates: 0,
    warned: new Set<string>(),
    contextChecked: false,
  };
  // Sealed, or Jest would delete what is in it when it tears down the global scope, under observations that still run.
  holder[TRACING_STATE] = Object.seal(created);
  return created;
}
