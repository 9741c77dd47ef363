import type { Log } from '../../base/log.js';
import type { Observation } from '../../observation/observation.js';
import type { StoredObservation } from '../contract.js';
import { type DigestTrace, EMPTY_DIGEST, MAX_DIGESTED, type TraceDigest, type TraceToDigest } from '../digests.js';
import { compareText } from '../order.js';
import type { Contents } from './contents.js';
import type { DigestedTrace, DigestRows } from './digest-rows.js';
import { type Database, isBusy } from './driver.js';
import type { DueDigests } from './due-digests.js';
import type { FreshTraces } from './fresh-traces.js';
import type { LogEventRows } from './log-event-rows.js';
import { MadeDigests } from './made-digests.js';
import { type ObservationRow, type ObservationRows, toStored } from './observation-rows.js';
import { toTrace } from './stored-trace.js';
import type { TraceRow } from './trace-rows.js';

export interface DigesterDeps {
  /** For the thread that writes. */
  readonly database: Database;
  readonly contents: Contents;
  readonly observations: ObservationRows;
  readonly logEvents: LogEventRows;
  readonly due: DueDigests;
  readonly fresh: FreshTraces;
  readonly rows: DigestRows;
  readonly digestTrace: DigestTrace;
  /** Is told of traces whose session is shown otherwise now. */
  readonly onShown: (projectId: string, traceIds: readonly string[]) => void;
  readonly log: Log;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number;
}

interface DueTraceRow extends TraceRow {
  readonly project_id: string;
  readonly session_key: number | null;
}

type ObservationsToDigest = Pick<TraceToDigest, 'observations' | 'readBody'>;

/** Traces that a slice looks up at once. */
const AT_ONCE = 256;

/** Makes the digests that are due, in slices. It has no timer and no thread of its own: whoever writes calls it. */
export class Digester {
  readonly #deps: DigesterDeps;
  readonly #rows: DigestRows;
  readonly #findTrace;
  readonly #findObservations;
  readonly #made = new MadeDigests<DueTraceRow>();

  constructor(deps: DigesterDeps) {
    const { database } = deps;
    this.#deps = deps;
    this.#rows = deps.rows;
    deps.due.made = this.#made;
    this.#findTrace = database.prepare('SELECT * FROM traces WHERE trace_key = ?');
    this.#findObservations = database.prepare(
      'SELECT * FROM observations WHERE trace_key = ? ORDER BY start_ms, observation_id LIMIT ?',
    );
  }

  /**
   * Makes digests that are due until `budgetMs` have passed, at least one, and writes them in one transaction when nothing else is
   * due or there are enough of them. Returns the milliseconds after which there is more to do, 0 for now; null when there is nothing.
   * A crash in the middle leaves what was due, due.
   *
   * @param early digests also what will only be due later.
   */
  slice(budgetMs: number, early = false): number | null {
    const { clock, due } = this.#deps;
    const until = clock() + budgetMs;
    const hasAll = this.#made.isFull || this.#make(until, early);
    if (hasAll) this.#write();
    const soonest = due.soonestInMs();
    return early && soonest !== null ? 0 : soonest;
  }

  /** Returns whether there is nothing more to make: all that is due is made. */
  #make(until: number, early: boolean): boolean {
    const { clock, due, fresh, database } = this.#deps;
    // What is made already is due until it is written.
    const keys = due.next(AT_ONCE + this.#made.size, early).filter((key) => !this.#made.has(key));
    if (keys.length === 0) return true;
    // What is read is of one moment, and each statement need not begin anew.
    database.exec('SAVEPOINT make');
    try {
      for (const [n, key] of keys.entries()) {
        if (this.#made.isFull || (n > 0 && clock() >= until)) return false;
        const row = this.#findTrace.get(key) as DueTraceRow | undefined;
        this.#made.add(key, { row, digest: row === undefined ? EMPTY_DIGEST : this.#derive(row) });
        fresh.forget(key);
      }
      return keys.length < AT_ONCE;
    } finally {
      database.exec('RELEASE make');
    }
  }

  #write(): void {
    // They stay where no transaction can begin, because another program is writing.
    const made = this.#made.all();
    const write = () => {
      for (const [key, { row, digest }] of made) {
        if (row === undefined) this.#rows.remove(key);
        else this.#rows.replace(toDigested(row), digest);
        this.#deps.due.forget(key);
      }
      return this.#rows.flush();
    };
    const changed = made.length === 0 ? new Set<number>() : this.#inTransaction(write);
    this.#made.clear();
    const rows = made.flatMap(([, { row }]) => row ?? []);
    this.#tell(rows.filter(({ session_key: key }) => key !== null && changed.has(key)));
  }

  #tell(rows: readonly DueTraceRow[]): void {
    const byProject = new Map<string, string[]>();
    for (const { project_id: projectId, trace_id: traceId } of rows) {
      const known = byProject.get(projectId);
      if (known === undefined) byProject.set(projectId, [traceId]);
      else known.push(traceId);
    }
    for (const [projectId, traceIds] of byProject) this.#deps.onShown(projectId, traceIds);
  }

  #inTransaction<T>(work: () => T): T {
    const { database } = this.#deps;
    // Not waited for until it is on the disk: what a power failure takes back is due again. What is written afterwards waits for both.
    database.exec('PRAGMA synchronous = NORMAL');
    try {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        this.#rows.forget();
        rollback(database);
        throw error;
      }
    } finally {
      database.exec('PRAGMA synchronous = FULL');
    }
  }

  /** A trace that cannot be digested has no words; the others must not wait for it. */
  #derive(row: DueTraceRow): TraceDigest {
    const { contents, logEvents, digestTrace, log } = this.#deps;
    const { trace_key: key, trace_id: traceId, project_id: projectId } = row;
    try {
      let hasLogEvents: boolean | undefined;
      return digestTrace({
        trace: toTrace(row, contents),
        ...(this.#remembered(key) ?? this.#read(key, traceId)),
        readLogEvents: (id) => {
          hasLogEvents ??= logEvents.hasOf(projectId, traceId);
          return hasLogEvents ? (logEvents.read(projectId, [{ traceId, id }])[0] ?? []) : [];
        },
      });
    } catch (error) {
      if (isBusy(error)) throw error;
      log.error(`the words of trace ${traceId} cannot be read, so that search does not find it`, error);
      return EMPTY_DIGEST;
    }
  }

  #remembered(key: number): ObservationsToDigest | null {
    const all = this.#deps.fresh.get(key);
    if (all === undefined) return null;
    const bodies = new Map(all.map(({ id, body }) => [id, body]));
    return {
      observations: inOrder(all).map((observation): StoredObservation => ({ ...observation, sessionId: null })),
      readBody: (id) => bodies.get(id) ?? null,
    };
  }

  #read(key: number, traceId: string): ObservationsToDigest {
    // The calls of a trace repeat what was said before.
    const known = new Map<number, string>();
    const rows = this.#findObservations.all(key, MAX_DIGESTED) as ObservationRow[];
    return {
      observations: rows.map((each) => toStored(each, traceId, null)),
      readBody: (id) => this.#deps.observations.readTexts(key, id, known),
    };
  }
}

function toDigested(row: DueTraceRow): DigestedTrace {
  const { trace_key: key, project_id: projectId, trace_id: id, session_key: sessionKey } = row;
  return { key, projectId, id, sessionKey, startMs: row.start_ms, endMs: row.end_ms };
}

/** The order in which the file gives them. */
function inOrder(observations: readonly Observation[]): Observation[] {
  return observations.toSorted((a, b) => a.startMs - b.startMs || compareText(a.id, b.id)).slice(0, MAX_DIGESTED);
}

function rollback(database: Database): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // SQLite has already rolled back, as it does when the disk is full.
  }
}
