import type { ShowProgress } from './progress.js';

/** What a command that works on files needs of the world. */
export interface FileCommandDeps {
  /** Unix milliseconds. */
  readonly now: number;
  /** Gets a line when work that may be long begins, and one with what was done. */
  readonly say: (line: string) => void;
  readonly progress: ShowProgress;
  /** The program of worker threads. Default: the work is done in this thread, and a copy shows no progress. */
  readonly workerFile?: string | undefined;
  /** Asks the operator. Rejects with `UsageError` where there is nobody to ask. */
  readonly confirm: (question: string) => Promise<boolean>;
}
