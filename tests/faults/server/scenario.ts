import type { ServerProcess } from '../../support/server-process.js';

/** A fault of the server that is measured. The tests hold the same promises in small; this says how much was tried. */
export interface ServerScenario {
  readonly fault: string;
  /** What is done, with its numbers. */
  readonly load: string;
  readonly expected: string;
  /** The tests that hold it, relative to the project. */
  readonly tests: readonly string[];
  run(trial: ServerTrial): Promise<ServerOutcome>;
}

interface ServerTrial {
  /** A server that ends with the run, on a new file or on the given one. */
  start(database?: string): Promise<ServerProcess>;
}

export interface ServerOutcome {
  /** Whether what is expected came true. */
  readonly held: boolean;
  /** What was counted and measured. The name includes the unit. */
  readonly figures: Readonly<Record<string, number | string>>;
}
