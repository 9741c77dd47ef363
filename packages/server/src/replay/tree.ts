import type { StoredObservation } from '../store/contract.js';

/** An observation with its place in the tree. */
export interface TreeNode {
  readonly observation: StoredObservation;
  /** Null for a root, for an observation whose parent never arrived, and at the cut of a cycle of parents. */
  readonly parent: TreeNode | null;
  readonly depth: number;
  readonly orphan: boolean;
  readonly skewed: boolean;
}

/** Clocks of two machines often differ by this much; a child that starts this little before its parent is not marked. */
const SKEW_MS = 50;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Mutable<Omit<TreeNode, 'parent'>> & { parent: Draft | null };

/**
 * Orders observations by start, a parent before children that start at the same time. None is left out:
 * a child of a parent that never arrived becomes a root of its trace, and a cycle of parents is cut at its earliest member.
 */
export function toTree(observations: readonly StoredObservation[]): TreeNode[] {
  const drafts = new Map<string, Draft>();
  for (const observation of observations) {
    drafts.set(keyOf(observation.traceId, observation.id), {
      observation,
      parent: null,
      depth: UNKNOWN,
      orphan: false,
      skewed: false,
    });
  }
  for (const draft of drafts.values()) {
    const { traceId, parentId, startMs } = draft.observation;
    if (parentId === null) continue;
    draft.parent = drafts.get(keyOf(traceId, parentId)) ?? null;
    draft.orphan = draft.parent === null;
    draft.skewed = draft.parent !== null && startMs < draft.parent.observation.startMs - SKEW_MS;
  }
  for (const draft of drafts.values()) place(draft);
  return [...drafts.values()].sort(
    (a, b) =>
      a.observation.startMs - b.observation.startMs ||
      a.depth - b.depth ||
      compare(a.observation.traceId, b.observation.traceId) ||
      compare(a.observation.id, b.observation.id),
  );
}

const UNKNOWN = -1;

function keyOf(traceId: string, id: string): string {
  return `${traceId}/${id}`;
}

/** Sets the depth of an observation and of all above it. Visits every observation once, so it is linear. */
function place(draft: Draft): void {
  const path = new Set<Draft>();
  let above: Draft | null = draft;
  while (above !== null && above.depth === UNKNOWN) {
    if (path.has(above)) {
      cut(above);
      place(draft);
      return;
    }
    path.add(above);
    above = above.parent;
  }
  let depth = above === null ? -1 : above.depth;
  for (const member of [...path].reverse()) member.depth = ++depth;
}

/** Cuts a cycle of parents: its earliest member becomes a root. */
function cut(member: Draft): void {
  let earliest = member;
  for (let next = member.parent; next !== null && next !== member; next = next.parent) {
    const [a, b] = [next.observation, earliest.observation];
    if (a.startMs < b.startMs || (a.startMs === b.startMs && a.id < b.id)) earliest = next;
  }
  earliest.parent = null;
  earliest.skewed = false;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
