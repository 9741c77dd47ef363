import { repeatedCalls } from '../repeated-calls.js';
import {
  countedHere,
  isAbove,
  ownSpend,
  repeatedInTrace,
  type SpendFacts,
  spendOfTrace,
  standsAlone,
} from '../spend.js';
import { addSpend, addToTotals, countedSpend, isBeyondBound, NO_SPEND, NO_TOTALS, type Spend } from '../spend-sums.js';
import type { Totals } from '../totals.js';
import type { Database } from './driver.js';
import { readNumbers } from './numbers.js';
import { bitsOf, ChangedResponses, elsewhereOf, RepeatedCallRows, type SharingCall } from './repeated-call-rows.js';

/** What counting needs of an observation, as it is stored. */
export interface CountedFacts extends SpendFacts {
  /** What of its usage another record of the same request has, as bits (see `bitsOf`). */
  readonly countedElsewhere: number;
}

/** What the walk from child to parent needs of an observation. */
interface Node {
  readonly parentId: string | null;
  /** Its own usage, without what is counted elsewhere; null when it is not a model call. */
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
  readonly counted_elsewhere: number;
}

interface GatheredRow {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
  readonly cost_nano: number;
  readonly cost_count: number;
  readonly estimated_count: number;
  readonly detail_tokens: number;
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
  readonly responses: ChangedResponses;

  constructor(key: number, isNew: boolean, needsRecount: boolean) {
    this.key = key;
    this.responses = new ChangedResponses(isNew);
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
 * is; nothing below it is read. Which calls repeat another is decided when the batch is in: `settle` reads those that share a
 * response id with one that came, and keeps the decision in `observations.counted_elsewhere`. Where that is not enough (a version with another parent, a cycle of parents, a sum above the
 * bound of totals) the trace is recounted from its rows.
 */
export class SpendRows {
  readonly #findNode;
  readonly #find;
  readonly #some;
  readonly #put;
  readonly #remove;
  readonly #clear;
  readonly #repeated: RepeatedCallRows;

  constructor(database: Database) {
    this.#repeated = new RepeatedCallRows(database);
    this.#findNode = database.prepare(
      `SELECT parent_id, type, model, usage, cost, cost_estimated, counted_elsewhere
      FROM observations WHERE trace_key = ? AND observation_id = ?`,
    );
    this.#find = database.prepare('SELECT * FROM gathered_usage WHERE trace_key = ? AND observation_id = ?');
    this.#some = database.prepare(`SELECT * FROM gathered_usage WHERE trace_key = ? LIMIT ${READ_AT_ONCE}`);
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO gathered_usage
        (trace_key, observation_id, input_tokens, output_tokens, total_tokens, cost_nano, cost_count, estimated_count,
        detail_tokens)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#remove = database.prepare('DELETE FROM gathered_usage WHERE trace_key = ? AND observation_id = ?');
    this.#clear = database.prepare('DELETE FROM gathered_usage WHERE trace_key = ?');
  }

  /** Counts a new observation. `settle` has to follow. */
  added(trace: TraceSpend, totals: Totals, facts: SpendFacts): void {
    if (trace.needsRecount) return;
    const node = toNode(facts, 0);
    if (node.own !== null) trace.responses.added(facts.responseId);
    this.#add(trace, totals, facts.id, node);
  }

  #add(trace: TraceSpend, totals: Totals, id: string, node: Node): void {
    trace.nodes.set(id, node);
    const below = this.#gathered(trace, id);
    if (node.own === null && below === null) return;
    // While this observation was missing, it was counted as having no call above it.
    if (below !== null) {
      add(trace, totals, below, -1);
      trace.responses.hasNewParents = true;
    }
    if (node.own === null) this.#gather(trace, id, null);
    const counted = node.own === null ? below : countedSpend(node.own, below ?? NO_SPEND);
    this.#carry(trace, totals, id, node, counted ?? NO_SPEND);
  }

  /** Counts a version instead of the previous one. `settle` has to follow. */
  replaced(trace: TraceSpend, totals: Totals, before: CountedFacts, facts: SpendFacts): void {
    if (trace.needsRecount) return;
    const [old, node] = [toNode(before, before.countedElsewhere), toNode(facts, 0)];
    const isOfOtherKind = (old.own === null) !== (node.own === null) || old.isAlone !== node.isAlone;
    if (old.parentId !== node.parentId || isOfOtherKind) {
      trace.needsRecount = true;
      return;
    }
    if (old.own !== null) trace.responses.replaced(before.responseId, facts.responseId);
    this.#exchange(trace, totals, facts.id, old, node);
  }

  /** Decides which of the calls that came, or whose place among the others changed, repeat another. */
  settle(trace: TraceSpend, totals: Totals): void {
    const { responses, key } = trace;
    const ids = responses.hasNewParents ? [...responses.ids, ...this.#repeated.sharedIds(key)] : responses.ids;
    const parentOf = (id: string) => this.#node(trace, id)?.parentId ?? null;
    for (const responseId of new Set(ids)) {
      if (trace.needsRecount) break;
      const sharing = this.#repeated.sharing(key, responseId);
      const repeated = repeatedCalls(sharing, (id, below) => isAbove(id, below, parentOf));
      for (const call of sharing) this.#place(trace, totals, call, bitsOf(call.id, repeated));
    }
    responses.clear();
  }

  #place(trace: TraceSpend, totals: Totals, { id, own, countedElsewhere }: SharingCall, bits: number): void {
    const before = this.#node(trace, id);
    if (bits === countedElsewhere || before === null) return;
    this.#repeated.mark(trace.key, id, bits);
    this.#exchange(trace, totals, id, before, { ...before, own: countedHere(id, own, elsewhereOf(id, bits)) });
  }

  /** Counts a node instead of another with the same parent. */
  #exchange(trace: TraceSpend, totals: Totals, id: string, old: Node, node: Node): void {
    trace.nodes.set(id, node);
    if (old.own === null || node.own === null) return;
    const below = this.#gathered(trace, id) ?? NO_SPEND;
    const change = addSpend(countedSpend(node.own, below), countedSpend(old.own, below), -1);
    this.#carry(trace, totals, id, node, change);
  }

  /** Recounts a trace from all of its rows. After a cycle of parents or a sum above the bound it is recounted every time. */
  recount(trace: TraceSpend, totals: Totals, rows: readonly CountedFacts[]): void {
    this.#clear.run(trace.key);
    trace.nodes.clear();
    trace.gathered.clear();
    trace.changed.clear();
    trace.stored.clear();
    trace.knowsNodes = true;
    trace.knowsGathered = true;
    trace.needsRecount = false;
    Object.assign(totals, NO_TOTALS);
    const repeated = repeatedInTrace(rows);
    for (const row of rows) {
      const bits = bitsOf(row.id, repeated);
      if (bits !== row.countedElsewhere) this.#repeated.mark(trace.key, row.id, bits);
      if (!trace.needsRecount) this.#add(trace, totals, row.id, toNode(row, bits));
    }
    trace.responses.clear();
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
          ...[spend.costNano, spend.costCount, spend.estimatedCount, spend.detailTokens],
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
    const facts = {
      ...{ id, parentId: row.parent_id, type, model, usage: readNumbers(row.usage), cost: readNumbers(row.cost) },
      costEstimated: row.cost_estimated === 1,
    };
    const node = toNode(facts, row.counted_elsewhere);
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
function toNode(facts: Omit<SpendFacts, 'scope' | 'responseId' | 'startMs' | 'endMs'>, countedElsewhere: number): Node {
  const own = ownSpend(facts);
  return {
    parentId: facts.parentId === facts.id ? null : facts.parentId,
    own: own && countedHere(facts.id, own, elsewhereOf(facts.id, countedElsewhere)),
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
    detailTokens: row.detail_tokens,
  };
}

function add(trace: TraceSpend, totals: Totals, spend: Spend, times: 1 | -1): void {
  const sum = addToTotals(totals, spend, times);
  if (isBeyondBound(sum)) trace.needsRecount = true;
  Object.assign(totals, sum);
}
