import type { Json } from '@powerrag/protocol';
import { compareText } from '../order.js';
import type { MergedTraceAttributes, Sourced } from '../trace-attributes.js';
import type { Contents } from './contents.js';
import { type Database, placeholders } from './driver.js';
import type { ObservationRows } from './observation-rows.js';
import { TraceSpend } from './spend-rows.js';
import { Sweepable } from './sweepable.js';
import { readTotals, TOTALS_COLUMNS, type TotalsRow, totalsValues } from './totals-columns.js';
import { type StoredText, TraceState } from './trace-state.js';
import { nextKeyOf } from './used-keys.js';

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
  revision: number;
  /** JSON lists, in order of text. */
  models: string;
  services: string;
}

const COLUMNS = [
  ...['trace_key', 'project_id', 'trace_id', 'session_key', 'name', 'user_id', 'environment', 'release', 'version'],
  ...['tags', 'said', 'input_at', 'input_by', 'input', 'output_at', 'output_by', 'output'],
  ...['first_id', 'first_name', 'root_id', 'root_name', 'root_start_ms', 'start_ms', 'end_ms'],
  ...['needs_recount', 'revision', 'models', 'services', ...TOTALS_COLUMNS],
];

/** The attributes of a trace in the `said` column. Input and output have columns of their own, since they can be large. */
export interface TraceAttributesJson {
  readonly fields: Omit<MergedTraceAttributes['fields'], 'input' | 'output'>;
  readonly metadata: readonly (readonly [string, Sourced<Json>])[];
  readonly tags: readonly string[];
  /** `MergedTraceAttributes.sessionIds`; absent in rows from before they were kept. */
  readonly sessionIds?: readonly string[];
  readonly isRooted?: boolean;
}

/** The rows of traces. Writes happen within the caller's transaction. */
export class TraceRows {
  readonly #contents: Contents;
  readonly #sweepable: Sweepable;
  readonly #find;
  readonly #add;
  readonly #update;
  #nextKey: number;

  constructor(database: Database, contents: Contents) {
    this.#contents = contents;
    this.#sweepable = new Sweepable(database);
    this.#nextKey = nextKeyOf(database, 'traces');
    this.#find = database.prepare('SELECT * FROM traces WHERE project_id = ? AND trace_id = ?');
    this.#add = database.prepare(`INSERT INTO traces (${COLUMNS.join(', ')}) VALUES (${placeholders(COLUMNS)})`);
    const [key, , , ...changing] = COLUMNS;
    this.#update = database.prepare(
      `UPDATE traces SET ${changing.map((column) => `${column} = ?`).join(', ')} WHERE ${key} = ?`,
    );
  }

  /** The trace as stored, or a new one. A new key is reserved at once; `write` writes its row. */
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
    const stored = JSON.parse(row.said) as TraceAttributesJson;
    Object.assign(state.attributes.fields, stored.fields);
    for (const [key, value] of stored.metadata) state.attributes.metadata.set(key, value);
    for (const tag of stored.tags) state.attributes.tags.add(tag);
    const sessionId = stored.fields.sessionId?.value;
    const named = stored.sessionIds ?? (sessionId === undefined ? [] : [sessionId]);
    for (const id of named) state.attributes.sessionIds.add(id);
    state.attributes.isRooted = stored.isRooted ?? row.root_id !== null;
    for (const model of JSON.parse(row.models) as string[]) state.models.add(model);
    for (const service of JSON.parse(row.services) as string[]) state.services.add(service);
    state.inputRecipe = this.#storedText(row.input_at, row.input_by, row.input);
    state.outputRecipe = this.#storedText(row.output_at, row.output_by, row.output);
    if (state.inputRecipe !== null) state.attributes.fields.input = state.inputRecipe.text;
    if (state.outputRecipe !== null) state.attributes.fields.output = state.outputRecipe.text;
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
    // Read only to compare it with another text of the same observation and time, which is rare.
    const text = {
      atMs,
      by,
      get value() {
        return contents.read(recipe);
      },
    };
    return { text, recipe };
  }

  /** Reads the extremes of a stale trace again from the rows of its observations. */
  refresh(state: TraceState, observations: ObservationRows): void {
    state.stale = false;
    state.first = null;
    state.root = null;
    state.endMs = Number.NEGATIVE_INFINITY;
    state.models.clear();
    state.services.clear();
    for (const facts of observations.facts(state.key)) state.widen(facts);
  }

  write(projectId: string, sessionKey: number | null, state: TraceState, revision: number): void {
    const { input, output, ...fields } = state.attributes.fields;
    const stored: TraceAttributesJson = {
      fields,
      metadata: [...state.attributes.metadata],
      tags: [...state.attributes.tags].sort(compareText),
      sessionIds: [...state.attributes.sessionIds],
      isRooted: state.attributes.isRooted,
    };
    const { attributes, totals, first, root } = state;
    const values = [
      ...[sessionKey, state.name],
      ...[attributes.value('userId') ?? null, attributes.value('environment') ?? null],
      ...[attributes.value('release') ?? null, attributes.value('version') ?? null],
      ...[JSON.stringify(stored.tags), JSON.stringify(stored)],
      ...[input?.atMs ?? null, input?.by ?? null, this.#recipe(projectId, input, state.inputRecipe)],
      ...[output?.atMs ?? null, output?.by ?? null, this.#recipe(projectId, output, state.outputRecipe)],
      ...[first?.id ?? '', first?.name ?? '', root?.id ?? null, root?.name ?? null, root?.startMs ?? null],
      ...[state.startMs, state.endMs, state.spend.needsRecount ? 1 : 0, revision],
      ...[sortedJson(state.models), sortedJson(state.services), ...totalsValues(totals)],
    ];
    if (state.before === null) this.#add.run(state.key, projectId, state.traceId, ...values);
    else this.#update.run(...values, state.key);
  }

  #recipe(projectId: string, text: Sourced<string> | undefined, stored: StoredText | null): string | null {
    if (text === undefined) return null;
    if (text === stored?.text) return stored.recipe;
    const recipe = this.#contents.write(projectId, text.value);
    if (stored !== null) this.#sweepable.add(projectId, [stored.recipe], [recipe]);
    return recipe;
  }
}

export function sortedJson(texts: ReadonlySet<string>): string {
  return JSON.stringify([...texts].sort(compareText));
}
