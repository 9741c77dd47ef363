import type { ReplayObservation } from '@powerrag/protocol';
import { plural } from '../../ui/format.js';
import { isError } from '../state/session-history.js';
import { type Step, stepsOf } from '../work/steps.js';
import { evidenceOf, type Finding, type Rule } from './finding.js';

/** Steps that failed, by name: tried again with success, or not. A wrapper that failed because of a step inside is not named again. */
export const failedSteps: Rule = ({ works }) => {
  const byName = new Map<string, { failures: ReplayObservation[]; recovered: number; calls: number }>();
  for (const work of works) {
    if (!work.observations.some(isError)) continue;
    for (const step of everyStep(stepsOf(work, { withoutRoot: false }))) {
      const failures = step.attempts.filter(isError);
      const isWrapper = step.children.some((child) => child.sum.errors > 0);
      if (failures.length === 0 || isWrapper) continue;
      const entry = byName.get(step.observation.name) ?? { failures: [], recovered: 0, calls: 0 };
      entry.failures.push(...failures);
      entry.calls++;
      if (!isError(step.observation)) entry.recovered++;
      byName.set(step.observation.name, entry);
    }
  }
  return [...byName].map(([subject, { failures, recovered, calls }]): Finding => {
    const allRecovered = recovered === calls;
    const times = failures.length === 1 ? 'failed' : `failed ${plural(failures.length, 'time')}`;
    return {
      rule: 'failed-step',
      tone: allRecovered ? 'warning' : 'danger',
      subject,
      says: allRecovered ? `${times}, then worked` : times,
      evidence: failures.map(evidenceOf),
    };
  });
};

/** Every step at any depth, in order. */
function everyStep(steps: readonly Step[]): Step[] {
  const all: Step[] = [];
  const pending = [...steps].reverse();
  for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
    all.push(step);
    pending.push(...[...step.children].reverse());
  }
  return all;
}
