import type { Observation } from '../../observation/observation.js';
import { byTimeAndPlace, type LogEvent } from '../log-events.js';
import type { Contents } from './contents.js';
import type { Database } from './driver.js';

interface LogEventRow {
  event_key: string;
  place: number;
  name: string;
  time_ms: number;
  attributes: string;
}

/** The rows of log events. Writes happen within the caller's transaction. */
export class LogEventRows {
  readonly #contents: Contents;
  readonly #add;
  readonly #read;
  readonly #anyOf;

  constructor(database: Database, contents: Contents) {
    this.#contents = contents;
    this.#add = database.prepare(
      `INSERT INTO log_events (project_id, trace_id, observation_id, event_key, place, name, time_ms, attributes)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET place = min(place, excluded.place)`,
    );
    this.#read = database.prepare(
      'SELECT * FROM log_events WHERE project_id = ? AND trace_id = ? AND observation_id = ?',
    );
    this.#anyOf = database.prepare('SELECT 1 FROM log_events WHERE project_id = ? AND trace_id = ? LIMIT 1');
  }

  /** No observation follows from them. */
  add(projectId: string, events: readonly LogEvent[]): Observation[] {
    for (const { traceId, id, key, place, name, timeMs, attributes } of events) {
      const recipe = this.#contents.write(projectId, JSON.stringify(attributes));
      this.#add.run(projectId, traceId, id, key, place, name, timeMs, recipe);
    }
    return [];
  }

  /** Whether logs say anything of any observation of the trace. */
  hasOf(projectId: string, traceId: string): boolean {
    return this.#anyOf.get(projectId, traceId) !== undefined;
  }

  read(projectId: string, of: readonly { readonly traceId: string; readonly id: string }[]): LogEvent[][] {
    return of.map(({ traceId, id }) =>
      (this.#read.all(projectId, traceId, id) as LogEventRow[])
        .map((row) => ({
          ...{ traceId, id, key: row.event_key, place: row.place, name: row.name, timeMs: row.time_ms },
          attributes: JSON.parse(this.#contents.read(row.attributes)),
        }))
        .sort(byTimeAndPlace),
    );
  }
}
