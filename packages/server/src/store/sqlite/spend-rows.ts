import {
  addSpend,
  countedSpend,
  isBeyondBound,
  NO_SPEND,
  ownSpend,
  type Spend,
  type SpendFacts,
  spendOfTrace,
  standsAlone,
} from '../spend.js';
import type { Totals } from '../totals.js';
import type { Database } from './driver.js';

/** What the walk from child to parent needs of an observation. */
interface Node {
  readonly parentId: string | null;
  /** Its own usage; null when it is not a model call. */
  readonly own: Spend | null;
  /** Nothing at or below it is a part of a call above it. */
  readonly isAlone: boolean;
}

interface NodeRow {
  readonly parent_id: string | null;
  readonly type: SpendFacts['type'];
  readonly model: string | null;
  readonly usage: string;
  readonly cost: string;
  readonly cost_estimated: number;
}

interface GatheredRow {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
  readonly cost_nano: number;
  readonly cost_count: number;
  readonly estimated_count: number;
  readonly observation_id: string;
}

/** A trace with at most this many sums is read at once; of a larger one they are read one by one. */
const READ_AT_ONCE = 64;

/** What a transaction has read of the calls of one trace. */
export class TraceSpend {
  readonly key: number;
  /** Whether `nodes` has every observation of the trace. */
  knowsNodes: boolean;
  /** Whether `gathered` has every sum of the trace; null until one is needed. */
  knowsGathered: boolean | null;
  /** Adding is not enough: recount the trace from its rows before it is written. */
  needsRecount: boolean;
  readonly nodes = new Map<string, Node>();
  readonly gathered = new Map<string, Spend | null>();
  /** Ids whose sums are in the database. */
  readonly stored = new Set<string>();
  readonly changed = new Set<string>();

  constructor(key: number, isNew: boolean, needsRecount: boolean) {
    this.key = key;
    this.knowsNodes = isNew;
    this.knowsGathered = isNew ? true : null;
    this.needsRecount = needsRecount;
  }
}

/**
 * Keeps the usage of traces counted once while observations arrive in any order, by the rule of `spendOfTrace`.
 *
 * `gathered_usage` has, by observation id, the sum of the calls below it: for a model call, to compare with its own usage, and
 * for a parent that has not arrived yet. So an observation that arrives costs a walk up its ancestors, however large the trace
 * is; nothing below it is read. Where that is not enough (a version with another parent, a cycle of parents, a sum above the
 * bound of totals) the trace is recounted from its rows.
 */
export class SpendRows {
  readonly #findNode;
  readonly #find;
  readonly #some;
  readonly #put;
  readonly #remove;
  readonly #clear;

  constructor(database: Database) {
    this.#findNode = database.prepare(
      'SELECT parent_id, type, model, usage, cost, cost_estimated FROM observations WHERE trace_key = ? AND observation_id = ?',
    );
    this.#find = database.prepare('SELECT * FROM gathered_usage WHERE trace_key = ? AND observation_id = ?');
    this.#some = database.prepare(`SELECT * FROM gathered_usage WHERE trace_key = ? LIMIT ${READ_AT_ONCE}`);
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO gathered_usage
        (trace_key, observation_id, input_tokens, output_tokens, total_tokens, cost_nano, cost_count, estimated_count)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#remove = database.prepare('DELETE FROM gathered_usage WHERE trace_key = ? AND observation_id = ?');
    this.#clear = database.prepare('DELETE FROM gathered_usage WHERE trace_key = ?');
  }

  /** Counts a new observation. */
  added(trace: TraceSpend, totals: Totals, facts: SpendFacts): void {
    if (trace.needsRecount) return;
    const node = toNode(facts);
    trace.nodes.set(facts.id, node);
    const below = this.#gathered(trace, facts.id);
    if (node.own === null && below === null) return;
    // While this observation was missing, it was counted as having no call above it.
    if (below !== null) add(trace, totals, below, -1);
    if (node.own === null) this.#gather(trace, facts.id, null);
    const counted = node.own === null ? below : countedSpend(node.own, below ?? NO_SPEND);
    this.#carry(trace, totals, facts.id, node, counted ?? NO_SPEND);
  }

  /** Counts a version instead of the previous one. */
  replaced(trace: TraceSpend, totals: Totals, before: SpendFacts, facts: SpendFacts): void {
    if (trace.needsRecount) return;
    const [old, node] = [toNode(before), toNode(facts)];
    const isOfOtherKind = (old.own === null) !== (node.own === null) || old.isAlone !== node.isAlone;
    if (old.parentId !== node.parentId || isOfOtherKind) {
      trace.needsRecount = true;
      return;
    }
    trace.nodes.set(facts.id, node);
    if (old.own === null || node.own === null) return;
    const below = this.#gathered(trace, facts.id) ?? NO_SPEND;
    const change = addSpend(countedSpend(node.own, below), countedSpend(old.own, below), -1);
    this.#carry(trace, totals, facts.id, node, change);
  }

  /** Recounts a trace from all of its rows. After a cycle of parents or a sum above the bound it is recounted every time. */
  recount(trace: TraceSpend, totals: Totals, rows: readonly SpendFacts[]): void {
    this.#clear.run(trace.key);
    trace.nodes.clear();
    trace.gathered.clear();
    trace.changed.clear();
    trace.stored.clear();
    trace.knowsNodes = true;
    trace.knowsGathered = true;
    trace.needsRecount = false;
    Object.assign(totals, NO_SPEND);
    for (const row of rows) this.added(trace, totals, row);
    if (!trace.needsRecount) return;
    trace.gathered.clear();
    trace.changed.clear();
    Object.assign(totals, spendOfTrace(rows).total);
  }

  /** Writes what changed. */
  flush(trace: TraceSpend): void {
    for (const id of trace.changed) {
      const spend = trace.gathered.get(id) ?? null;
      if (spend !== null)
        this.#put.run(
          ...[trace.key, id, spend.inputTokens, spend.outputTokens, spend.totalTokens],
          ...[spend.costNano, spend.costCount, spend.estimatedCount],
        );
      else if (trace.stored.has(id)) this.#remove.run(trace.key, id);
    }
  }

  /** Carries a change up to the first missing ancestor or to the root, through every model call on the way. */
  #carry(trace: TraceSpend, totals: Totals, from: string, { parentId, isAlone }: Node, change: Spend): void {
    // The difference of two sums at the bound is not exact.
    if (isBeyondBound(change)) trace.needsRecount = true;
    const walked = new Set([from]);
    let moved = isAlone ? NO_SPEND : change;
    if (isAlone) add(trace, totals, change, 1);
    for (let id = parentId; id !== null; ) {
      if (walked.has(id)) {
        trace.needsRecount = true;
        return;
      }
      walked.add(id);
      const node = this.#node(trace, id);
      const below = this.#gathered(trace, id);
      if (node === null) {
        this.#gather(trace, id, addSpend(below ?? NO_SPEND, moved));
        break;
      }
      if (node.own !== null) {
        const now = addSpend(below ?? NO_SPEND, moved);
        this.#gather(trace, id, now);
        moved = addSpend(countedSpend(node.own, now), countedSpend(node.own, below ?? NO_SPEND), -1);
      }
      if (node.isAlone) {
        add(trace, totals, moved, 1);
        // What is left of the way is walked to find a cycle.
        moved = NO_SPEND;
      }
      id = node.parentId;
    }
    add(trace, totals, moved, 1);
  }

  #node(trace: TraceSpend, id: string): Node | null {
    const known = trace.nodes.get(id);
    if (known !== undefined) return known;
    if (trace.knowsNodes) return null;
    const row = this.#findNode.get(trace.key, id) as NodeRow | undefined;
    if (row === undefined) return null;
    const { type, model } = row;
    const node = toNode({
      ...{ id, parentId: row.parent_id, type, model },
      usage: JSON.parse(row.usage) as Record<string, number>,
      cost: JSON.parse(row.cost) as Record<string, number>,
      costEstimated: row.cost_estimated === 1,
    });
    trace.nodes.set(id, node);
    return node;
  }

  #gathered(trace: TraceSpend, id: string): Spend | null {
    const known = trace.gathered.get(id);
    if (known !== undefined) return known;
    if (trace.knowsGathered === null) {
      const rows = this.#some.all(trace.key) as GatheredRow[];
      trace.knowsGathered = rows.length < READ_AT_ONCE;
      for (const row of rows) this.#remember(trace, row);
    }
    if (!trace.knowsGathered && !trace.gathered.has(id)) {
      const row = this.#find.get(trace.key, id) as GatheredRow | undefined;
      if (row === undefined) trace.gathered.set(id, null);
      else this.#remember(trace, row);
    }
    return trace.gathered.get(id) ?? null;
  }

  #remember(trace: TraceSpend, row: GatheredRow): void {
    trace.stored.add(row.observation_id);
    trace.gathered.set(row.observation_id, toSpend(row));
  }

  #gather(trace: TraceSpend, id: string, spend: Spend | null): void {
    if (spend !== null && isBeyondBound(spend)) trace.needsRecount = true;
    trace.gathered.set(id, spend);
    trace.changed.add(id);
  }
}

/** A span that names itself as its parent has none. */
function toNode(facts: SpendFacts): Node {
  return {
    parentId: facts.parentId === facts.id ? null : facts.parentId,
    own: ownSpend(facts),
    isAlone: standsAlone(facts),
  };
}

function toSpend(row: GatheredRow): Spend {
  return {
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    totalTokens: row.total_tokens,
    costNano: row.cost_nano,
    costCount: row.cost_count,
    estimatedCount: row.estimated_count,
  };
}

function add(trace: TraceSpend, totals: Totals, spend: Spend, times: 1 | -1): void {
  const sum = addSpend(totals, spend, times);
  if (isBeyondBound(sum)) trace.needsRecount = true;
  Object.assign(totals, sum);
}
