import { observationKey } from '../state/session-history.js';
import { type Step, stepsOf } from '../work/steps.js';
import type { TurnWork } from '../work/turn-work.js';
import type { ConversationItem } from './items.js';

/** Whether the steps below a step are shown, by its key; `otherwise` is what holds where nobody has chosen. */
export type OpenSteps = (key: string, otherwise: boolean) => boolean;

/** A turn of no more steps than this opens with all of them shown. */
const OPEN_UP_TO = 40;
/** In a longer turn, a step opens that is not an agent and has no more steps below it than this. */
const SMALL = 12;

/** The steps of a turn as rows: each, then those below it where it is open. */
export function stepItems(work: TurnWork, turnKey: string, isOpen: OpenSteps): ConversationItem[] {
  const items: ConversationItem[] = [];
  const isShort = work.observations.length <= OPEN_UP_TO;
  const pending = stepsOf(work)
    .map((step) => ({ step, level: 0 }))
    .reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { step, level } = next;
    const opens = step.children.length === 0 ? null : isOpen(stepKey(step), isShort || isSmall(step));
    const { observation } = step;
    items.push({
      kind: 'step',
      key: `${turnKey}:s${observation.id}`,
      atMs: step.attempts[0]?.startMs ?? observation.startMs,
      step,
      level,
      isOpen: opens,
    });
    if (opens === true) pending.push(...step.children.map((child) => ({ step: child, level: level + 1 })).reverse());
  }
  return items;
}

/** What a step is called in the set of those that somebody opened or closed. */
export function stepKey({ observation }: Step): string {
  return observationKey(observation.traceId, observation.id);
}

function isSmall({ observation, sum }: Step): boolean {
  return observation.type !== 'agent' && sum.steps <= SMALL;
}
