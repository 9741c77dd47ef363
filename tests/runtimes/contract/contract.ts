import type { ContextManager } from '@opentelemetry/api';
import { observing } from './observing.js';
import { type Recorded, recording } from './recorded.js';
import { sessions } from './sessions.js';
import { setUp } from './set-up.js';
import { starting } from './starting.js';
import { values } from './values.js';

/** Something that `@powerrag/tracing` does in every runtime. No check is specific to one runtime. */
interface Check {
  /** Whether it can only hold where the active observation is known after an `await` too. */
  readonly needsAsyncContext?: true;
  /** What is not set up. Default: nothing is missing. */
  readonly without?: 'provider' | 'context manager';
  /** Throws when it does not hold. */
  run(recorded: Recorded): void | Promise<void>;
}

/** Checks by their names, which are sentences. */
export type Checks = Readonly<Record<string, Check>>;

export const contract: Checks = { ...setUp, ...starting, ...observing, ...sessions, ...values };

export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  /** Why not. */
  readonly detail: string;
}

/**
 * Runs every check, one after the other.
 * @param newContextManager one that knows the context after an `await`; left out where the runtime has none
 */
export async function runContract(newContextManager?: () => ContextManager): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const [name, check] of Object.entries(contract)) {
    const contextManager = check.without === 'context manager' ? undefined : newContextManager?.();
    try {
      await recording({ provider: check.without !== 'provider', contextManager }, (recorded) => check.run(recorded));
      results.push({ name, ok: true, detail: '' });
    } catch (error) {
      results.push({ name, ok: false, detail: error instanceof Error ? error.message : String(error) });
    }
  }
  return results;
}
