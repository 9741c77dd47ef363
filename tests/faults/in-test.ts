import { onTestFinished } from 'vitest';
import type { Outcome, Scenario } from './scenario.js';

/** Runs a scenario in its short form with our own processor, and clears up when the test is over. */
export function run(scenario: Scenario): Promise<Outcome> {
  return scenario.run({
    subject: 'powerrag',
    form: 'short',
    cleanUp: (undo) => onTestFinished(async () => void (await undo())),
  });
}
