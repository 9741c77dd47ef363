import type { Observation } from '../../observation/observation.js';
import {
  type Annotation,
  type AnnotationList,
  type AnnotationQuery,
  annotationStands,
  DEFAULT_ENVIRONMENT,
  latestFirst,
  MAX_ANNOTATIONS,
} from '../annotations.js';
import { AnnotationLists, type AnnotationRow, readAnnotation } from './annotation-lists.js';
import type { Database } from './driver.js';

/** The rows of scores and comments. Writes happen within the caller's transaction. */
export class AnnotationRows {
  readonly #lists: AnnotationLists;
  readonly #find;
  readonly #write;
  readonly #delete;
  readonly #ofTrace;
  readonly #ofSession;

  constructor(database: Database) {
    this.#lists = new AnnotationLists((sql) => database.prepare(sql));
    this.#find = database.prepare(
      'SELECT annotation FROM annotations WHERE project_id = ? AND kind = ? AND annotation_id = ?',
    );
    // `session_key` is kept by the rows of sessions when a trace or a session comes after its score.
    this.#write = database.prepare(
      `INSERT OR REPLACE INTO annotations
        (project_id, kind, annotation_id, session_id, trace_id, observation_id, name, time_ms, annotation, value, string_value,
          origin, data_type, environment, author, session_key)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, CASE WHEN ? IS NULL
          THEN (SELECT session_key FROM sessions WHERE project_id = ? AND session_id = ?)
          ELSE (SELECT session_key FROM traces WHERE project_id = ? AND trace_id = ?) END)`,
    );
    this.#delete = database.prepare('DELETE FROM annotations WHERE project_id = ? AND kind = ? AND annotation_id = ?');
    this.#ofTrace = database.prepare(
      `SELECT annotation FROM annotations WHERE project_id = ? AND trace_id = ?
        ORDER BY time_ms DESC, annotation_id LIMIT ${MAX_ANNOTATIONS}`,
    );
    this.#ofSession = database.prepare(
      `SELECT annotation FROM annotations WHERE project_id = ? AND trace_id IS NULL AND session_id IS ?
        ORDER BY time_ms DESC, annotation_id LIMIT ${MAX_ANNOTATIONS}`,
    );
  }

  /** No observation follows from them. */
  write(projectId: string, annotations: readonly Annotation[]): Observation[] {
    for (const annotation of annotations) {
      const { kind, id, sessionId, traceId, observationId, name, timeMs } = annotation;
      const row = this.#find.get(projectId, kind, id) as AnnotationRow | undefined;
      if (row !== undefined && !annotationStands(annotation, readAnnotation(row))) continue;
      const text = JSON.stringify(annotation);
      const { value, stringValue, origin, dataType, environment, authorUserId } = annotation;
      this.#write.run(
        ...[projectId, kind, id, sessionId, traceId, observationId, name, timeMs, text, value, stringValue],
        ...[origin, dataType, environment ?? DEFAULT_ENVIRONMENT, authorUserId],
        ...[traceId, projectId, sessionId, projectId, traceId],
      );
    }
    return [];
  }

  /** The one that was there, or null. */
  delete(projectId: string, kind: string, id: string): Annotation | null {
    const row = this.#find.get(projectId, kind, id) as AnnotationRow | undefined;
    if (row === undefined) return null;
    this.#delete.run(projectId, kind, id);
    return readAnnotation(row);
  }

  list(projectId: string, query: AnnotationQuery): AnnotationList {
    return this.#lists.list(projectId, query);
  }

  of(projectId: string, { sessionId, traceIds }: { sessionId: string; traceIds: readonly string[] }): Annotation[] {
    const rows = [
      ...this.#ofSession.all(projectId, sessionId),
      ...this.#ofSession.all(projectId, null),
      ...[...new Set(traceIds)].flatMap((traceId) => this.#ofTrace.all(projectId, traceId)),
    ];
    return (rows as AnnotationRow[]).map(readAnnotation).sort(latestFirst).slice(0, MAX_ANNOTATIONS).reverse();
  }
}
