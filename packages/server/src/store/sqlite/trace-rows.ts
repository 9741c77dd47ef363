import type { Json } from '@powerrag/protocol';
import type { Observation } from '../../observation/observation.js';
import { compareText } from '../order.js';
import { type Said, TraceStatement } from '../statement.js';
import { addTotals, noTotals, type Totals, totalsOf } from '../totals.js';
import type { Contents } from './contents.js';
import { type Database, placeholders } from './driver.js';
import type { ObservationRows, StoredFacts } from './observation-rows.js';
import { TraceSpend } from './spend-rows.js';
import { readTotals, TOTALS_COLUMNS, type TotalsRow, totalsValues } from './totals-columns.js';

/** An observation as a trace remembers it to take its name from. */
interface Named {
  readonly id: string;
  readonly name: string;
  readonly startMs: number;
}

/** A trace's row in memory, while a transaction adds to it. */
export class TraceState {
  readonly key: number;
  readonly traceId: string;
  readonly statement = new TraceStatement();
  totals: Totals = noTotals();
  /** The first observation by start, then id; null while there is none. */
  first: Named | null = null;
  root: Named | null = null;
  endMs = Number.NEGATIVE_INFINITY;
  /** A replaced version may be what an extreme was taken from, or a total came back from its bound: all is read again from the rows. */
  stale = false;
  /** What the session's totals hold of this trace; null for a trace that no session holds. */
  before: TraceShare | null = null;
  inputRecipe: StoredText | null = null;
  outputRecipe: StoredText | null = null;
  /** The conversations that the table of them holds for this trace. */
  conversationIds: readonly string[] = [];
  readonly spend: TraceSpend;

  constructor(key: number, traceId: string, spend: TraceSpend) {
    this.key = key;
    this.traceId = traceId;
    this.spend = spend;
  }

  get startMs(): number {
    return this.first?.startMs ?? 0;
  }

  /** The name given to the trace, else that of its root, else of its first observation. */
  get name(): string {
    return this.statement.fields.name?.value ?? this.root?.name ?? this.first?.name ?? '';
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
    if (!sameNaming || lastMoment(facts) < lastMoment(replaced)) this.stale = true;
    this.widen(facts);
  }

  widen({ id, name, parentId, startMs, endMs }: StoredFacts): void {
    const named = { id, name, startMs };
    if (precedes(named, this.first)) this.first = named;
    if (parentId === null && precedes(named, this.root)) this.root = named;
    this.endMs = Math.max(this.endMs, lastMoment({ startMs, endMs }));
  }

  /** What the trace brings to its session; null while it has none. */
  share(): TraceShare | null {
    const { statement } = this;
    const sessionId = statement.value('sessionId');
    if (sessionId === undefined) return null;
    return {
      sessionId,
      traceId: this.traceId,
      userId: statement.value('userId') ?? null,
      environment: statement.value('environment') ?? null,
      tags: [...this.statement.tags],
      startMs: this.startMs,
      endMs: this.endMs,
      totals: { ...this.totals },
    };
  }
}

/** What one trace brings to the totals of its session. */
export interface TraceShare {
  readonly sessionId: string;
  readonly traceId: string;
  readonly userId: string | null;
  readonly environment: string | null;
  readonly tags: readonly string[];
  readonly startMs: number;
  readonly endMs: number;
  readonly totals: Totals;
}

/** A stored trace input or output: what was said last, and where its text lies. */
interface StoredText {
  readonly said: Said<string>;
  readonly recipe: string;
}

function precedes(a: Named, b: Named | null): boolean {
  return b === null || a.startMs < b.startMs || (a.startMs === b.startMs && a.id <= b.id);
}

function lastMoment({ startMs, endMs }: Pick<Observation, 'startMs' | 'endMs'>): number {
  return Math.max(startMs, endMs ?? startMs);
}

export interface TraceRow extends TotalsRow {
  trace_key: number;
  trace_id: string;
  name: string;
  said: string;
  input_at: number | null;
  input_by: string | null;
  input: string | null;
  output_at: number | null;
  output_by: string | null;
  output: string | null;
  first_id: string;
  first_name: string;
  root_id: string | null;
  root_name: string | null;
  root_start_ms: number | null;
  start_ms: number;
  end_ms: number;
  environment: string | null;
  release: string | null;
  version: string | null;
  needs_recount: number;
}

const COLUMNS = [
  ...['trace_key', 'project_id', 'trace_id', 'session_key', 'name', 'user_id', 'environment', 'release', 'version'],
  ...['tags', 'said', 'input_at', 'input_by', 'input', 'output_at', 'output_by', 'output'],
  ...['first_id', 'first_name', 'root_id', 'root_name', 'root_start_ms', 'start_ms', 'end_ms'],
  ...['needs_recount', ...TOTALS_COLUMNS],
];

/** The registers of a trace as the `said` column holds them. Input and output lie in columns of their own, since they can be large. */
export interface SaidJson {
  readonly fields: Omit<TraceStatement['fields'], 'input' | 'output'>;
  readonly metadata: readonly (readonly [string, Said<Json>])[];
  readonly tags: readonly string[];
  /** `TraceStatement.sessionIds`; absent in rows from before they were kept. */
  readonly sessionIds?: readonly string[];
  readonly isRooted?: boolean;
}

/** The rows of traces. Writes happen within the caller's transaction. */
export class TraceRows {
  readonly #contents: Contents;
  readonly #find;
  readonly #write;
  readonly #addConversation;
  readonly #forgetConversation;
  #nextKey: number;

  constructor(database: Database, contents: Contents) {
    this.#contents = contents;
    const last = database.prepare('SELECT max(trace_key) AS key FROM traces').get() as { key: number | null };
    this.#nextKey = (last.key ?? 0) + 1;
    this.#find = database.prepare('SELECT * FROM traces WHERE project_id = ? AND trace_id = ?');
    this.#write = database.prepare(
      `INSERT OR REPLACE INTO traces (${COLUMNS.join(', ')}) VALUES (${placeholders(COLUMNS)})`,
    );
    this.#addConversation = database.prepare(
      'INSERT INTO conversations (project_id, conversation_id, trace_key) VALUES (?, ?, ?)',
    );
    this.#forgetConversation = database.prepare(
      'DELETE FROM conversations WHERE project_id = ? AND conversation_id = ? AND trace_key = ?',
    );
  }

  /** The trace as stored, or a new one. A new key is taken at once and its row written by `write`. */
  load(projectId: string, traceId: string): TraceState {
    const row = this.#find.get(projectId, traceId) as TraceRow | undefined;
    if (row === undefined) {
      const state = new TraceState(this.#nextKey, traceId, new TraceSpend(this.#nextKey, true, false));
      this.#nextKey += 1;
      return state;
    }
    return this.#toState(traceId, row);
  }

  #toState(traceId: string, row: TraceRow): TraceState {
    const state = new TraceState(row.trace_key, traceId, new TraceSpend(row.trace_key, false, row.needs_recount === 1));
    const said = JSON.parse(row.said) as SaidJson;
    Object.assign(state.statement.fields, said.fields);
    for (const [key, value] of said.metadata) state.statement.metadata.set(key, value);
    for (const tag of said.tags) state.statement.tags.add(tag);
    const sessionId = said.fields.sessionId?.value;
    const named = said.sessionIds ?? (sessionId === undefined ? [] : [sessionId]);
    for (const id of named) state.statement.sessionIds.add(id);
    state.statement.isRooted = said.isRooted ?? row.root_id !== null;
    state.conversationIds = state.statement.conversationIds();
    state.inputRecipe = this.#storedText(row.input_at, row.input_by, row.input);
    state.outputRecipe = this.#storedText(row.output_at, row.output_by, row.output);
    if (state.inputRecipe !== null) state.statement.fields.input = state.inputRecipe.said;
    if (state.outputRecipe !== null) state.statement.fields.output = state.outputRecipe.said;
    state.totals = readTotals(row);
    state.first = { id: row.first_id, name: row.first_name, startMs: row.start_ms };
    if (row.root_id !== null && row.root_name !== null && row.root_start_ms !== null) {
      state.root = { id: row.root_id, name: row.root_name, startMs: row.root_start_ms };
    }
    state.endMs = row.end_ms;
    state.before = state.share();
    return state;
  }

  #storedText(atMs: number | null, by: string | null, recipe: string | null): StoredText | null {
    if (atMs === null || by === null || recipe === null) return null;
    const contents = this.#contents;
    // Read only if another text of the same observation and moment must be told from it, which is rare.
    const said = {
      atMs,
      by,
      get value() {
        return contents.read(recipe);
      },
    };
    return { said, recipe };
  }

  /** Reads the extremes of a stale trace again from the rows of its observations. */
  refresh(state: TraceState, observations: ObservationRows): void {
    state.stale = false;
    state.first = null;
    state.root = null;
    state.endMs = Number.NEGATIVE_INFINITY;
    for (const facts of observations.facts(state.key)) state.widen(facts);
  }

  write(projectId: string, sessionKey: number | null, state: TraceState): void {
    const { input, output, ...fields } = state.statement.fields;
    const said: SaidJson = {
      fields,
      metadata: [...state.statement.metadata],
      tags: [...state.statement.tags].sort(compareText),
      sessionIds: [...state.statement.sessionIds],
      isRooted: state.statement.isRooted,
    };
    this.#writeConversations(projectId, state);
    const { statement } = state;
    const { totals, first, root } = state;
    this.#write.run(
      ...[state.key, projectId, state.traceId, sessionKey, state.name],
      ...[statement.value('userId') ?? null, statement.value('environment') ?? null],
      ...[statement.value('release') ?? null, statement.value('version') ?? null],
      ...[JSON.stringify(said.tags), JSON.stringify(said)],
      ...[input?.atMs ?? null, input?.by ?? null, this.#recipe(projectId, input, state.inputRecipe)],
      ...[output?.atMs ?? null, output?.by ?? null, this.#recipe(projectId, output, state.outputRecipe)],
      ...[first?.id ?? '', first?.name ?? '', root?.id ?? null, root?.name ?? null, root?.startMs ?? null],
      ...[state.startMs, state.endMs, state.spend.needsRecount ? 1 : 0, ...totalsValues(totals)],
    );
  }

  #writeConversations(projectId: string, state: TraceState): void {
    if (state.statement.sessionIds.size < 2 && state.conversationIds.length === 0) return;
    const now = state.statement.conversationIds();
    for (const id of state.conversationIds)
      if (!now.includes(id)) this.#forgetConversation.run(projectId, id, state.key);
    for (const id of now) if (!state.conversationIds.includes(id)) this.#addConversation.run(projectId, id, state.key);
  }

  #recipe(projectId: string, said: Said<string> | undefined, stored: StoredText | null): string | null {
    if (said === undefined) return null;
    return said === stored?.said ? stored.recipe : this.#contents.write(projectId, said.value);
  }
}
