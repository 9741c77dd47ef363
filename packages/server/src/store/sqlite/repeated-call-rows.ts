import type { CountedElsewhere, RecordedCall } from '../repeated-calls.js';
import { ownSpend, type SpendFacts } from '../spend.js';
import type { Database } from './driver.js';
import { readNumbers } from './numbers.js';

/** Bits of `observations.counted_elsewhere`: what of the call's usage another record of the same request has. */
const TOKENS = 1;
const COST = 2;

interface SharingRow {
  readonly observation_id: string;
  readonly scope: string | null;
  readonly type: SpendFacts['type'];
  readonly model: string | null;
  readonly usage: string;
  readonly cost: string;
  readonly cost_estimated: number;
  readonly start_ms: number;
  readonly end_ms: number | null;
  readonly counted_elsewhere: number;
}

/** A call with what is stored of it. */
export interface SharingCall extends RecordedCall {
  readonly countedElsewhere: number;
}

/** The response ids of a trace whose calls have to be compared again before the trace is written. */
export class ChangedResponses {
  readonly #seen = new Set<string>();
  readonly #changed = new Set<string>();
  /** Whether all observations of the trace came in this transaction. */
  readonly #isNew: boolean;
  /** A parent came to observations that were there: of calls that share an id, one may be above another now. */
  hasNewParents = false;

  constructor(isNew: boolean) {
    this.#isNew = isNew;
  }

  /** The first call with an id, of a trace that is new, has nothing to be compared with. */
  added(responseId: string | null): void {
    if (responseId === null) return;
    if (this.#isNew && !this.#seen.has(responseId)) this.#seen.add(responseId);
    else this.#changed.add(responseId);
  }

  replaced(before: string | null, after: string | null): void {
    for (const responseId of [before, after]) if (responseId !== null) this.#changed.add(responseId);
  }

  get ids(): ReadonlySet<string> {
    return this.#changed;
  }

  clear(): void {
    this.#changed.clear();
    this.hasNewParents = false;
  }
}

/** Reads the calls of a trace that share a response id, and keeps which of them are counted elsewhere. */
export class RepeatedCallRows {
  readonly #sharing;
  readonly #shared;
  readonly #mark;

  constructor(database: Database) {
    // SQLite would read the whole trace by its key: it does not know how few rows share an id.
    this.#sharing = database.prepare(
      `SELECT observation_id, scope, type, model, usage, cost, cost_estimated, start_ms, end_ms, counted_elsewhere
      FROM observations INDEXED BY observations_by_response WHERE trace_key = ? AND response_id = ?`,
    );
    this.#shared = database.prepare(
      `SELECT response_id FROM observations INDEXED BY observations_by_response WHERE trace_key = ? AND response_id IS NOT NULL
      GROUP BY response_id HAVING count(*) > 1`,
    );
    this.#mark = database.prepare(
      'UPDATE observations SET counted_elsewhere = ? WHERE trace_key = ? AND observation_id = ?',
    );
  }

  /** The ids that more than one observation of the trace has. */
  sharedIds(traceKey: number): string[] {
    return (this.#shared.all(traceKey) as { response_id: string }[]).map(({ response_id }) => response_id);
  }

  /** The model calls of the trace with this response id. */
  sharing(traceKey: number, responseId: string): SharingCall[] {
    return (this.#sharing.all(traceKey, responseId) as SharingRow[]).flatMap((row) => {
      const { scope, type, model } = row;
      const own = ownSpend({
        ...{ type, model, usage: readNumbers(row.usage), cost: readNumbers(row.cost) },
        costEstimated: row.cost_estimated === 1,
      });
      if (own === null) return [];
      const { observation_id: id, start_ms: startMs, end_ms: endMs, counted_elsewhere: countedElsewhere } = row;
      return [{ id, scope, startMs, endMs, own, countedElsewhere }];
    });
  }

  mark(traceKey: number, id: string, countedElsewhere: number): void {
    this.#mark.run(countedElsewhere, traceKey, id);
  }
}

export function bitsOf(id: string, elsewhere: CountedElsewhere): number {
  return (elsewhere.tokens.has(id) ? TOKENS : 0) | (elsewhere.cost.has(id) ? COST : 0);
}

/** The opposite of `bitsOf`. */
export function elsewhereOf(id: string, bits: number): CountedElsewhere {
  const ids = (bit: number): ReadonlySet<string> => ((bits & bit) === 0 ? NONE : new Set([id]));
  return { tokens: ids(TOKENS), cost: ids(COST) };
}

const NONE: ReadonlySet<string> = new Set();
