import type { StoredObservation } from '../store/contract.js';

/** An observation in its place. */
export interface TreeNode {
  readonly observation: StoredObservation;
  /** Null for a root, for an observation whose parent never arrived, and where a cycle of parents was cut. */
  readonly parent: TreeNode | null;
  readonly depth: number;
  readonly orphan: boolean;
  readonly skewed: boolean;
}

/** The clocks of two machines are rarely closer than this; below it a child before its parent is not worth a word. */
const SKEW_MS = 50;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Mutable<Omit<TreeNode, 'parent'>> & { parent: Draft | null };

/**
 * Puts observations in order: by start, a parent before its children where they start at the same instant. None is dropped:
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

/** Gives a depth to an observation and to all above it. Every observation is walked over once, so the whole is linear. */
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

/** Opens a cycle of parents: its earliest member becomes a root. */
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
