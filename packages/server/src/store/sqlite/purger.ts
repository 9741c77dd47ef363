import { ContentSweep } from './content-sweep.js';
import type { Contents } from './contents.js';
import type { Deleter } from './deleter.js';
import type { Database } from './driver.js';
import { IndexSweep } from './index-sweep.js';
import { MediaSweep } from './media-sweep.js';
import type { PieceRows } from './piece-rows.js';
import type { SearchIndex } from './search-index.js';
import type { Sweepable } from './sweepable.js';
import type { TombstoneRows } from './tombstone-rows.js';
import { inTransaction } from './transaction.js';

export interface PurgerDeps {
  /** For the thread that writes. */
  readonly database: Database;
  readonly deleter: Deleter;
  readonly contents: Contents;
  readonly pieces: PieceRows;
  readonly index: SearchIndex;
  readonly tombstones: TombstoneRows;
  readonly sweepable: Sweepable;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number;
}

/** Rows that are deleted in one transaction. */
const AT_ONCE = 200;

/** Milliseconds until the log is tried again, while somebody reads an older state of the database. */
const LOG_PAUSE_MS = 500;

const STAGES = ['contents', 'media', 'index', 'words', 'log'] as const;
type Stage = (typeof STAGES)[number];

interface PurgeRow {
  readonly trace_key: number;
  readonly project_id: string;
  readonly trace_id: string;
}

interface BodyRow {
  readonly observation_id: string;
  readonly input: string | null;
  readonly output: string | null;
  readonly metadata: string;
  readonly events: string;
}

interface LogEventRow {
  readonly observation_id: string;
  readonly event_key: string;
  readonly attributes: string;
}

/**
 * Cleans up after deletions, in slices: the rows below deleted traces, then contents and media that nothing refers to, then what
 * the full-text index keeps of deleted rows, then the write-ahead log. SQLite overwrites what is deleted (`secure_delete`). What is
 * left to do is in the file, so that a crash does not end it; a stage that was interrupted begins again.
 */
export class Purger {
  readonly #deps: PurgerDeps;
  readonly #contents: ContentSweep;
  readonly #media: MediaSweep;
  readonly #index: IndexSweep;
  readonly #next;
  readonly #done;
  readonly #stages;
  readonly #finish;
  readonly #request;
  readonly #bodies;
  readonly #removeBody;
  readonly #removeObservation;
  readonly #logEvents;
  readonly #removeLogEvent;
  readonly #removeGathered;
  readonly #isSweepable;
  readonly #checkpoint;

  constructor(deps: PurgerDeps) {
    const { database } = deps;
    this.#deps = deps;
    this.#contents = new ContentSweep(database, deps.contents, deps.sweepable);
    this.#media = new MediaSweep(database, deps.contents);
    this.#index = new IndexSweep(database, deps.index);
    this.#next = database.prepare('SELECT * FROM purges ORDER BY trace_key LIMIT 1');
    this.#done = database.prepare('DELETE FROM purges WHERE trace_key = ?');
    this.#stages = database.prepare('SELECT stage FROM purge_stages');
    this.#finish = database.prepare('DELETE FROM purge_stages WHERE stage = ?');
    this.#request = database.prepare('INSERT OR IGNORE INTO purge_stages (stage) VALUES (?)');
    const ofTrace = 'WHERE trace_key = ?';
    this.#bodies = database.prepare(
      `SELECT observation_id, input, output, metadata, events FROM bodies ${ofTrace} LIMIT ${AT_ONCE}`,
    );
    this.#removeBody = database.prepare(`DELETE FROM bodies ${ofTrace} AND observation_id = ?`);
    this.#removeObservation = database.prepare(`DELETE FROM observations ${ofTrace} AND observation_id = ?`);
    this.#removeGathered = database.prepare(`DELETE FROM gathered_usage ${ofTrace}`);
    const ofLogs = 'FROM log_events WHERE project_id = ? AND trace_id = ?';
    this.#logEvents = database.prepare(`SELECT observation_id, event_key, attributes ${ofLogs} LIMIT ${AT_ONCE}`);
    this.#removeLogEvent = database.prepare(`DELETE ${ofLogs} AND observation_id = ? AND event_key = ?`);
    this.#isSweepable = database.prepare(
      'SELECT EXISTS (SELECT 1 FROM sweepable_contents) OR EXISTS (SELECT 1 FROM sweepable_media) AS some',
    );
    this.#checkpoint = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** Traces were deleted: what was looked through is looked through again. */
  restart(): void {
    this.#contents.restart();
    this.#media.restart();
    this.#index.restart();
  }

  /** Sweeps contents and media that observations have ceased to refer to, where there are any. */
  requestSweep(): void {
    const { some } = this.#isSweepable.get() as { some: number };
    if (some === 0) return;
    inTransaction(this.#deps.database, () => {
      for (const stage of ['contents', 'log'] satisfies Stage[]) this.#request.run(stage);
    });
  }

  /** Works until `budgetMs` have passed. Returns the milliseconds after which there is more to do; null when there is nothing. */
  slice(budgetMs: number): number | null {
    const until = this.#deps.clock() + budgetMs;
    for (;;) {
      const moreInMs = this.#step(until - this.#deps.clock());
      if (moreInMs !== 0 || this.#deps.clock() >= until) return moreInMs;
    }
  }

  #step(budgetMs: number): number | null {
    const { database, deleter } = this.#deps;
    if (deleter.step(budgetMs) === 'more') {
      this.restart();
      return 0;
    }
    const row = this.#next.get() as PurgeRow | undefined;
    if (row !== undefined) {
      inTransaction(database, () => this.#purge(row));
      return 0;
    }
    const due = new Set((this.#stages.all() as { stage: string }[]).map(({ stage }) => stage));
    const stage = STAGES.find((each) => due.has(each));
    if (stage === undefined) return null;
    return stage === 'log' ? this.#emptyLog() : this.#runStage(stage);
  }

  #runStage(stage: Exclude<Stage, 'log'>): number {
    inTransaction(this.#deps.database, () => {
      if (!this.#isDone(stage)) return;
      this.#finish.run(stage);
      // A content that is gone may have named media.
      if (stage === 'contents') this.#request.run('media');
    });
    return 0;
  }

  #isDone(stage: Exclude<Stage, 'log'>): boolean {
    switch (stage) {
      case 'contents':
        return this.#contents.step();
      case 'media':
        return this.#media.step();
      case 'index':
        return this.#index.merge();
      case 'words':
        return this.#index.removeWords();
    }
  }

  #purge({ trace_key: key, project_id: projectId, trace_id: traceId }: PurgeRow): void {
    const { pieces, tombstones, sweepable } = this.#deps;
    const bodies = this.#bodies.all(key) as BodyRow[];
    for (const { observation_id: id, input, output, metadata, events } of bodies) {
      sweepable.add(projectId, [input, output, metadata, events]);
      this.#removeBody.run(key, id);
      this.#removeObservation.run(key, id);
    }
    if (bodies.length === AT_ONCE) return;
    if (pieces.remove(projectId, traceId, AT_ONCE, tombstones, sweepable)) return;
    const events = this.#logEvents.all(projectId, traceId) as LogEventRow[];
    for (const { observation_id: id, event_key: eventKey, attributes } of events) {
      sweepable.add(projectId, [attributes]);
      this.#removeLogEvent.run(projectId, traceId, id, eventKey);
    }
    if (events.length === AT_ONCE) return;
    this.#removeGathered.run(key);
    this.#done.run(key);
  }

  /** The last stage: until then the log has pages from before the deletion. */
  #emptyLog(): number {
    const { database, tombstones } = this.#deps;
    inTransaction(database, () => {
      tombstones.expire();
      this.#finish.run('log');
    });
    const { busy } = this.#checkpoint.get() as { busy: number };
    if (busy === 0) return 0;
    inTransaction(database, () => this.#request.run('log'));
    return LOG_PAUSE_MS;
  }
}
