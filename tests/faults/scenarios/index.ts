import type { Scenario } from '../scenario.js';
import { answerScenarios } from './answers.js';
import { connectionScenarios } from './connection.js';
import { endingScenarios } from './ending.js';
import { flushScenarios } from './flushing.js';
import { loadScenarios } from './load.js';
import { outageScenarios } from './outage.js';

/** In the order of the rows. */
export const SCENARIOS: readonly Scenario[] = [
  outageScenarios,
  endingScenarios,
  loadScenarios,
  answerScenarios,
  connectionScenarios,
  flushScenarios,
]
  .flatMap((group): Scenario[] => Object.values(group))
  .toSorted((a, b) => a.id.localeCompare(b.id));
