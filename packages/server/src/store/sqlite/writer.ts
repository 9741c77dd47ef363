import type { Observation } from '../../observation/observation.js';
import { Unstorable } from '../contract.js';
import type { Contents } from './contents.js';
import { type Database, isFaultOfData } from './driver.js';
import type { DueDigests } from './due-digests.js';
import type { FreshTraces } from './fresh-traces.js';
import type { ObservationRows } from './observation-rows.js';
import type { Revisions } from './revisions.js';
import { SessionRows } from './session-rows.js';
import { SpendRows } from './spend-rows.js';
import { TextRows } from './text-rows.js';
import type { TombstoneRows } from './tombstone-rows.js';
import { TraceRows } from './trace-rows.js';
import type { TraceState } from './trace-state.js';

/** Runs within a transaction, more than once where one is tried again. */
type Prepare = () => readonly Observation[];

/** A batch that waits for its commit. */
interface QueuedBatch {
  readonly projectId: string;
  readonly batch: readonly Observation[];
  /** Writes rows of another kind, first in the transaction, and gives what is to be stored beside the batch. */
  readonly prepare?: Prepare;
  resolve(): void;
  reject(error: unknown): void;
}

interface WriterDeps {
  readonly contents: Contents;
  readonly observations: ObservationRows;
  readonly due: DueDigests;
  readonly tombstones: TombstoneRows;
  readonly revisions: Revisions;
  readonly fresh: FreshTraces;
  /** Told how many milliseconds each transaction took that became durable. Default: nobody is. */
  readonly onCommit?: ((ms: number) => void) | undefined;
}

/** A transaction accepts batches up to this many observations, so that a commit stays short. */
const OBSERVATIONS_PER_COMMIT = 2000;

/** Writes batches. Batches that wait at the same time share a transaction, and so one wait for the disk. */
export class SqliteWriter {
  readonly #database: Database;
  readonly #contents: Contents;
  readonly #observations: ObservationRows;
  readonly #traces: TraceRows;
  readonly #sessions: SessionRows;
  readonly #texts: TextRows;
  readonly #spend: SpendRows;
  readonly #due: DueDigests;
  readonly #tombstones: TombstoneRows;
  readonly #revisions: Revisions;
  readonly #fresh: FreshTraces;
  readonly #onCommit: (ms: number) => void;
  readonly #waiting: QueuedBatch[] = [];
  #scheduled = false;
  /** The traces of the open transaction. */
  #open: TraceState[] = [];

  constructor(database: Database, deps: WriterDeps) {
    const { contents, observations, due, tombstones, revisions, fresh, onCommit = () => {} } = deps;
    this.#fresh = fresh;
    this.#onCommit = onCommit;
    this.#database = database;
    this.#contents = contents;
    this.#revisions = revisions;
    this.#observations = observations;
    this.#traces = new TraceRows(database, contents);
    this.#texts = new TextRows(database);
    this.#sessions = new SessionRows(database, this.#texts, Date.now);
    this.#spend = new SpendRows(database);
    this.#due = due;
    this.#tombstones = tombstones;
  }

  write(projectId: string, batch: readonly Observation[]): Promise<void> {
    return new Promise((resolve, reject) => this.#enqueue({ projectId, batch, resolve, reject }));
  }

  /** Writes other rows in a transaction of this writer, and the observations that follow from them. Resolves and rejects as `write` does. */
  run(projectId: string, prepare: Prepare): Promise<void> {
    return new Promise((resolve, reject) => this.#enqueue({ projectId, batch: [], prepare, resolve, reject }));
  }

  #enqueue(batch: QueuedBatch): void {
    this.#waiting.push(batch);
    this.#schedule();
  }

  /** Commits waiting batches now. */
  drain(): void {
    while (this.#waiting.length > 0) this.#commitNext();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#commitNext();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #commitNext(): void {
    const group = this.#takeGroup();
    if (group.length === 0) return;
    try {
      this.#transaction(group);
    } catch (error) {
      const [only] = group;
      if (group.length === 1 && only !== undefined) only.reject(this.#explain(only, error));
      else this.#commitApart(group);
      return;
    }
    for (const waiting of group) waiting.resolve();
  }

  /** One batch of the group cannot be stored: the others must not fail with it. */
  #commitApart(group: readonly QueuedBatch[]): void {
    for (const waiting of group) {
      try {
        this.#transaction([waiting]);
      } catch (error) {
        waiting.reject(this.#explain(waiting, error));
        continue;
      }
      waiting.resolve();
    }
  }

  /** Why a batch cannot be stored: an `Unstorable` if its observations are the reason. */
  #explain({ projectId, batch, prepare }: QueuedBatch, error: unknown): unknown {
    if (!isFaultOfData(error)) return error;
    if (prepare !== undefined) return new Unstorable(new Map());
    const unstorable = new Map<Observation, string>();
    try {
      for (const observation of batch) {
        const reason = this.#tryOut(projectId, observation);
        if (reason !== null) unstorable.set(observation, reason);
      }
    } catch (fault) {
      return fault;
    }
    // Each can be stored alone, but not all together; sending them again would not help.
    if (unstorable.size === 0) for (const observation of batch) unstorable.set(observation, reasonOf(error));
    return new Unstorable(unstorable);
  }

  /** Why the observation cannot be stored; null when it can. Stores nothing. Throws errors that are not caused by the data. */
  #tryOut(projectId: string, observation: Observation): string | null {
    this.#begin();
    try {
      this.#store(projectId, [[observation]]);
      return null;
    } catch (error) {
      if (!isFaultOfData(error)) throw error;
      return reasonOf(error);
    } finally {
      this.#rollback();
    }
  }

  #takeGroup(): QueuedBatch[] {
    const group: QueuedBatch[] = [];
    let observations = 0;
    for (const waiting of this.#waiting) {
      if (group.length > 0 && observations + waiting.batch.length > OBSERVATIONS_PER_COMMIT) break;
      observations += waiting.batch.length;
      group.push(waiting);
    }
    this.#waiting.splice(0, group.length);
    return group;
  }

  #transaction(group: readonly QueuedBatch[]): void {
    const startMs = performance.now();
    this.#begin();
    try {
      for (const [projectId, batches] of byProject(group)) this.#store(projectId, batches);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#rollback();
      throw error;
    }
    for (const state of this.#open) this.#fresh.committed(state);
    this.#open = [];
    this.#onCommit(performance.now() - startMs);
  }

  #begin(): void {
    this.#sessions.begin();
    this.#revisions.begin();
    this.#texts.begin();
    this.#open = [];
    this.#database.exec('BEGIN IMMEDIATE');
  }

  #rollback(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // SQLite has already rolled back, as it does when the disk is full.
    }
  }

  #store(projectId: string, batches: readonly (readonly Observation[])[]): void {
    if (batches.every((batch) => batch.length === 0)) return;
    this.#contents.begin();
    try {
      this.#storeAll(projectId, batches);
    } finally {
      this.#contents.end();
    }
  }

  #storeAll(projectId: string, batches: readonly (readonly Observation[])[]): void {
    const revision = this.#revisions.current();
    const open = new Map<string, TraceState>();
    const deleted = new Set<string>();
    for (const batch of batches) {
      for (const observation of batch) {
        const { traceId } = observation;
        if (deleted.has(traceId)) continue;
        let state = open.get(traceId);
        if (state === undefined) {
          state = this.#traces.load(projectId, traceId);
          if (this.#isDeleted(projectId, state)) {
            deleted.add(traceId);
            continue;
          }
          open.set(traceId, state);
        }
        this.#storeOne(projectId, state, observation);
      }
    }
    for (const state of open.values()) {
      if (state.stale) this.#traces.refresh(state, this.#observations);
      this.#spend.settle(state.spend, state.totals);
      if (state.spend.needsRecount) this.#spend.recount(state.spend, state.totals, this.#observations.facts(state.key));
      this.#spend.flush(state.spend);
      const share = state.share();
      const sessionKey = this.#sessions.move(projectId, state.before, share);
      this.#texts.replace(projectId, state.key, state.before?.texts ?? [], share.texts);
      this.#traces.write(projectId, sessionKey, state, revision);
      this.#due.mark(state.key);
      this.#open.push(state);
    }
    this.#sessions.flush(projectId, revision);
    this.#texts.flush(projectId);
  }

  #isDeleted(projectId: string, { before, traceId }: TraceState): boolean {
    return before === null && this.#tombstones.has(projectId, 'trace', traceId);
  }

  #storeOne(projectId: string, state: TraceState, observation: Observation): void {
    const put = this.#observations.put(projectId, state.key, observation);
    if (put.outcome === 'added') {
      state.count(observation);
      state.added.push(observation);
      state.addedWeight += put.weight;
      this.#spend.added(state.spend, state.totals, observation);
    } else if (put.outcome === 'replaced') {
      state.recount(put.replaced, observation);
      state.hasReplaced = true;
      this.#spend.replaced(state.spend, state.totals, put.replaced, observation);
    }
    state.attributes.merge(observation);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Within the transaction: what a batch has to prepare is written here. */
function byProject(group: readonly QueuedBatch[]): Map<string, (readonly Observation[])[]> {
  const projects = new Map<string, (readonly Observation[])[]>();
  for (const { projectId, batch: own, prepare } of group) {
    const batch = prepare === undefined ? own : prepare();
    const batches = projects.get(projectId);
    if (batches === undefined) projects.set(projectId, [batch]);
    else batches.push(batch);
  }
  return projects;
}
