import type { Exit } from '../support/child-process.js';
import type { LossAccount } from '../support/loss.js';
import type { RowId } from './rows.js';

/** Whose span processor a scenario is run with: ours, OpenTelemetry's batch processor with its OTLP exporter, or Langfuse's. */
export type SubjectName = 'powerrag' | 'opentelemetry' | 'langfuse';

/** How long a scenario takes: seconds for the tests; for the table of results; or up to a night. */
export type Form = 'short' | 'usual' | 'long';

/** One run of a scenario. */
export interface Trial {
  readonly subject: SubjectName;
  readonly form: Form;
  /** Registers something to do when the run is over, even if it failed. */
  cleanUp(undo: () => unknown): void;
}

export interface Outcome {
  readonly account: LossAccount;
  /** What the row measures besides the ledger. The name includes the unit. */
  readonly figures: Readonly<Record<string, number>>;
  /** Where the end of the process is a part of the scenario. */
  readonly exit?: Exit;
}

export interface Scenario {
  readonly id: RowId;
  /** Load and fault of each form, in words. */
  readonly load: Readonly<Record<Form, string>>;
  /** Whether the peers can be run through it too. */
  readonly withPeers: boolean;
  run(trial: Trial): Promise<Outcome>;
}

/** Deadline of our flush and shutdown in the tests: far longer than needed, so that nothing fails on a busy machine. Elsewhere the default applies. */
export function patienceIn(form: Form): { shutdownOptions?: { timeoutMs: number } } {
  return form === 'short' ? { shutdownOptions: { timeoutMs: 40_000 } } : {};
}

/** The same words for each form. */
export function always(load: string): Record<Form, string> {
  return { short: load, usual: load, long: load };
}

/** One value for each form, put into words. */
export function inWords<T>(forms: Readonly<Record<Form, T>>, words: (one: T) => string): Record<Form, string> {
  return { short: words(forms.short), usual: words(forms.usual), long: words(forms.long) };
}
