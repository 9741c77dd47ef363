import type { Observation } from '../../observation/observation.js';
import { addName, type FindableText, textsOfTrace } from '../findable-texts.js';
import { addTotals, noTotals, type Totals, totalsOf } from '../totals.js';
import { MergedTraceAttributes, type Sourced } from '../trace-attributes.js';
import type { StoredFacts } from './observation-rows.js';
import type { TraceSpend } from './spend-rows.js';

/** An observation that may give the trace its name. */
interface Named {
  readonly id: string;
  readonly name: string;
  readonly startMs: number;
}

/** A trace's row in memory, while a transaction adds to it. */
export class TraceState {
  readonly key: number;
  readonly traceId: string;
  readonly attributes = new MergedTraceAttributes();
  totals: Totals = noTotals();
  /** The first observation by start, then id; null while there is none. */
  first: Named | null = null;
  root: Named | null = null;
  endMs = Number.NEGATIVE_INFINITY;
  readonly models = new Set<string>();
  readonly services = new Set<string>();
  /** The first, root, end, a model or a service may come from a replaced version: reread them from the rows. */
  stale = false;
  /** The trace as stored; null for a new one. */
  before: TraceShare | null = null;
  inputRecipe: StoredText | null = null;
  outputRecipe: StoredText | null = null;
  readonly spend: TraceSpend;
  /** What the transaction added, as it is stored, with the length of its texts; and whether it replaced an observation. */
  readonly added: Observation[] = [];
  addedWeight = 0;
  hasReplaced = false;

  constructor(key: number, traceId: string, spend: TraceSpend) {
    this.key = key;
    this.traceId = traceId;
    this.spend = spend;
  }

  get startMs(): number {
    return this.first?.startMs ?? 0;
  }

  /** The trace's name attribute, else the name of its root, else of its first observation. */
  get name(): string {
    return this.attributes.fields.name?.value ?? this.root?.name ?? this.first?.name ?? '';
  }

  count(facts: StoredFacts): void {
    addTotals(this.totals, totalsOf(facts), 1);
    this.widen(facts);
  }

  recount(replaced: StoredFacts, facts: StoredFacts): void {
    addTotals(this.totals, totalsOf(replaced), -1);
    addTotals(this.totals, totalsOf(facts), 1);
    const sameNaming =
      replaced.name === facts.name && replaced.parentId === facts.parentId && replaced.startMs === facts.startMs;
    const isLess = isGone(replaced.model, facts.model) || isGone(replaced.service, facts.service);
    if (!sameNaming || isLess || lastMoment(facts) < lastMoment(replaced)) this.stale = true;
    this.widen(facts);
  }

  widen({ id, name, parentId, startMs, endMs, model, service }: StoredFacts): void {
    const named = { id, name, startMs };
    if (precedes(named, this.first)) this.first = named;
    if (parentId === null && precedes(named, this.root)) this.root = named;
    this.endMs = Math.max(this.endMs, lastMoment({ startMs, endMs }));
    addName(this.models, model);
    addName(this.services, service);
  }

  share(): TraceShare {
    const { attributes } = this;
    const told = {
      name: this.name,
      userId: attributes.value('userId'),
      environment: attributes.value('environment'),
      release: attributes.value('release'),
      version: attributes.value('version'),
      tags: attributes.tags,
      conversationIds: attributes.conversationIds(),
      metadata: Object.fromEntries([...attributes.metadata].map(([key, { value }]) => [key, value])),
    };
    return {
      sessionId: attributes.value('sessionId') ?? null,
      traceId: this.traceId,
      texts: textsOfTrace(told, this.models, this.services),
      startMs: this.startMs,
      endMs: this.endMs,
      totals: { ...this.totals },
    };
  }
}

/** What one trace is found by, and what it contributes to its session. */
export interface TraceShare {
  readonly sessionId: string | null;
  readonly traceId: string;
  readonly texts: readonly FindableText[];
  readonly startMs: number;
  readonly endMs: number;
  readonly totals: Totals;
}

/** The stored input or output of a trace, and where its text is. */
export interface StoredText {
  readonly text: Sourced<string>;
  readonly recipe: string;
}

function precedes(a: Named, b: Named | null): boolean {
  return b === null || a.startMs < b.startMs || (a.startMs === b.startMs && a.id <= b.id);
}

function lastMoment({ startMs, endMs }: Pick<Observation, 'startMs' | 'endMs'>): number {
  return Math.max(startMs, endMs ?? startMs);
}

/** Whether a text that may have come from the replaced version alone is not in the new one. */
function isGone(replaced: string | null, now: string | null): boolean {
  return replaced !== null && replaced !== now;
}
