import type { ReplayObservation } from '@powerrag/protocol';
import { isError } from '../state/session-history.js';
import type { TurnWork } from './turn-work.js';

/** What a step and everything below it add up to. */
interface StepSum {
  /** Steps below it, at any depth. */
  readonly steps: number;
  /** Failures of itself and below. */
  readonly errors: number;
  readonly tokens: number;
  /** US dollars; null where nothing carries a cost. */
  readonly cost: number | null;
}

/** One line of what ran: a step, or the attempts at one. */
export interface Step {
  /** The step; of several attempts the last. */
  readonly observation: ReplayObservation;
  /** Every attempt in order, the last included. One where it was not tried again. */
  readonly attempts: readonly ReplayObservation[];
  readonly children: readonly Step[];
  /** Number of siblings that ran at the same time, itself included; 1 where it ran alone. */
  readonly parallel: number;
  /** The first and the last of siblings that ran at the same time. */
  readonly parallelEdge: 'first' | 'last' | null;
  readonly sum: StepSum;
}

/**
 * What ran in a turn as a tree of steps in order of time. Attempts at one call that failed and was made again at once are one step.
 * A root that wraps the whole turn is left out where `withoutRoot` says so: the turn itself stands for it.
 */
export function stepsOf({ observations }: TurnWork, { withoutRoot = true } = {}): Step[] {
  const present = new Map(observations.map((observation) => [observation.id, observation]));
  const children = new Map<string | null, ReplayObservation[]>();
  for (const observation of observations) {
    const parent = observation.parentId !== null && present.has(observation.parentId) ? observation.parentId : null;
    const siblings = children.get(parent);
    if (siblings) siblings.push(observation);
    else children.set(parent, [observation]);
  }
  const built = new Map<string, Step[]>();
  // From the leaves up, so that a trace may be nested deeper than calls can be.
  for (const parent of deepestFirst(children)) {
    const siblings = children.get(parent) ?? [];
    built.set(parent ?? '', inParallel(asSteps(siblings, (id) => built.get(id) ?? [])));
  }
  const top = built.get('') ?? [];
  const [only] = top;
  return withoutRoot && top.length === 1 && only !== undefined && only.children.length > 0 ? [...only.children] : top;
}

function deepestFirst(children: ReadonlyMap<string | null, readonly ReplayObservation[]>): (string | null)[] {
  const order: (string | null)[] = [];
  const seen = new Set<string | null>();
  const pending: (string | null)[] = [null];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    if (seen.has(parent)) continue;
    seen.add(parent);
    order.push(parent);
    for (const { id } of children.get(parent) ?? []) if (children.has(id)) pending.push(id);
  }
  return order.reverse();
}

function asSteps(siblings: readonly ReplayObservation[], childrenOf: (id: string) => readonly Step[]): Step[] {
  return attemptGroups(siblings).flatMap((attempts): Step[] => {
    const observation = attempts.at(-1);
    if (observation === undefined) return [];
    const children = attempts.flatMap(({ id }) => childrenOf(id));
    return [{ observation, attempts, children, parallel: 1, parallelEdge: null, sum: sumOf(attempts, children) }];
  });
}

/** A call that failed, and the next sibling of the same name and type that began after it: the call was made again. */
function attemptGroups(siblings: readonly ReplayObservation[]): ReplayObservation[][] {
  const groups: ReplayObservation[][] = [];
  for (const observation of siblings) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const isAgain =
      last !== undefined &&
      isError(last) &&
      last.endMs !== null &&
      last.endMs <= observation.startMs &&
      last.name === observation.name &&
      last.type === observation.type;
    if (isAgain) group?.push(observation);
    else groups.push([observation]);
  }
  return groups;
}

/** Marks the siblings whose times overlap. */
function inParallel(steps: readonly Step[]): Step[] {
  const groups: Step[][] = [];
  let openUntilMs = Number.NEGATIVE_INFINITY;
  for (const step of steps) {
    const startMs = step.attempts[0]?.startMs ?? step.observation.startMs;
    const endMs = step.observation.endMs ?? Number.POSITIVE_INFINITY;
    if (startMs < openUntilMs && step.observation.type !== 'event') groups.at(-1)?.push(step);
    else groups.push([step]);
    openUntilMs = Math.max(openUntilMs, endMs);
  }
  return groups.flatMap((group) =>
    group.length === 1
      ? group
      : group.map((step, n) => ({
          ...step,
          parallel: group.length,
          parallelEdge: n === 0 ? ('first' as const) : n === group.length - 1 ? ('last' as const) : null,
        })),
  );
}

function sumOf(attempts: readonly ReplayObservation[], children: readonly Step[]): StepSum {
  const costs = [...attempts.map((o) => o.countedCost), ...children.map((child) => child.sum.cost)].filter(
    (cost) => cost !== null,
  );
  return {
    steps: total(children.map((child) => child.sum.steps + child.attempts.length)),
    errors: attempts.filter(isError).length + total(children.map((child) => child.sum.errors)),
    tokens: total([...attempts.map((o) => o.countedTokens), ...children.map((child) => child.sum.tokens)]),
    cost: costs.length === 0 ? null : total(costs),
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
