import { groupBy } from '@powerrag/protocol';

/** Lengths in CSS pixels. */
export const NODE_WIDTH = 158;
export const NODE_HEIGHT = 58;
const COLUMN_GAP = 30;
const ROW_GAP = 18;
const MARGIN = 12;
/** Rounds in which each column is ordered by what its nodes are connected with. */
const ROUNDS = 4;

interface Place {
  readonly x: number;
  readonly y: number;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly places: ReadonlyMap<string, Place>;
  /** Edges that lead back to a column that is not after their own, by `from to`. */
  readonly isBack: (edge: Edge) => boolean;
}

interface Edge {
  readonly from: string;
  readonly to: string;
}

/**
 * Places a graph in columns from left to right: a node stands after all that call it, but for calls that close a circle. Within a
 * column, nodes stand beside what they are connected with.
 */
export function layOutGraph(ids: readonly string[], edges: readonly Edge[]): GraphLayout {
  const back = backEdges(ids, edges);
  const forward = edges.filter((edge) => !back.has(edge) && edge.from !== edge.to);
  const columnOf = columnsOf(ids, forward);
  const columns: string[][] = [];
  for (const id of ids) {
    const column = columnOf.get(id) ?? 0;
    while (columns.length <= column) columns.push([]);
    columns[column]?.push(id);
  }
  untangle(columns, forward);
  const most = Math.max(1, ...columns.map(({ length }) => length));
  const heightOf = (count: number): number => count * (NODE_HEIGHT + ROW_GAP) - ROW_GAP;
  const places = new Map<string, Place>();
  // From the top: where it began is in view, however long the longest column is.
  columns.forEach((column, n) => {
    column.forEach((id, row) => {
      places.set(id, { x: MARGIN + n * (NODE_WIDTH + COLUMN_GAP), y: MARGIN + row * (NODE_HEIGHT + ROW_GAP) });
    });
  });
  return {
    width: 2 * MARGIN + columns.length * (NODE_WIDTH + COLUMN_GAP) - COLUMN_GAP,
    height: 2 * MARGIN + heightOf(most),
    places,
    isBack: (edge) => back.has(edge),
  };
}

/** The edges that close a circle, found from the nodes in their order. */
function backEdges(ids: readonly string[], edges: readonly Edge[]): ReadonlySet<Edge> {
  const out = groupBy(edges, ({ from }) => from);
  const state = new Map<string, 'open' | 'done'>();
  const back = new Set<Edge>();
  // A stack of its own instead of recursion: a chain of agents may be longer than calls can be nested.
  for (const start of ids) {
    const path: { readonly id: string; next: number }[] = state.has(start) ? [] : [{ id: start, next: 0 }];
    while (path.length > 0) {
      const top = path.at(-1);
      if (top === undefined) break;
      state.set(top.id, 'open');
      const edge = out.get(top.id)?.[top.next++];
      if (edge === undefined) {
        state.set(top.id, 'done');
        path.pop();
      } else if (state.get(edge.to) === 'open') back.add(edge);
      else if (!state.has(edge.to)) path.push({ id: edge.to, next: 0 });
    }
  }
  return back;
}

/** The column of each node: one after the last of those that call it. */
function columnsOf(ids: readonly string[], forward: readonly Edge[]): Map<string, number> {
  const columns = new Map(ids.map((id) => [id, 0]));
  const waitsFor = new Map<string, number>();
  for (const { to } of forward) waitsFor.set(to, (waitsFor.get(to) ?? 0) + 1);
  const out = groupBy(forward, ({ from }) => from);
  const ready = ids.filter((id) => !waitsFor.has(id));
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    for (const { to } of out.get(id) ?? []) {
      columns.set(to, Math.max(columns.get(to) ?? 0, (columns.get(id) ?? 0) + 1));
      const left = (waitsFor.get(to) ?? 0) - 1;
      waitsFor.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  return columns;
}

/** Orders each column by the mean place of what its nodes are connected with, from the left and from the right in turn. */
function untangle(columns: string[][], forward: readonly Edge[]): void {
  const callers = groupBy(forward, ({ to }) => to);
  const called = groupBy(forward, ({ from }) => from);
  for (let round = 0; round < ROUNDS; round++) {
    const isRightward = round % 2 === 0;
    const rows = new Map(columns.flatMap((column) => column.map((id, row) => [id, row / column.length] as const)));
    for (const column of isRightward ? columns : columns.toReversed()) {
      const meanOf = (id: string): number => {
        const beside = isRightward ? callers.get(id)?.map(({ from }) => from) : called.get(id)?.map(({ to }) => to);
        if (beside === undefined) return rows.get(id) ?? 0;
        return beside.reduce((sum, other) => sum + (rows.get(other) ?? 0), 0) / beside.length;
      };
      const means = new Map(column.map((id) => [id, meanOf(id)]));
      column.sort((a, b) => (means.get(a) ?? 0) - (means.get(b) ?? 0));
      column.forEach((id, row) => {
        rows.set(id, row / column.length);
      });
    }
  }
}
