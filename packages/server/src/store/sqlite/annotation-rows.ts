import type { Observation } from '../../observation/observation.js';
import {
  ANNOTATION_FIELDS,
  type Annotation,
  type AnnotationField,
  type AnnotationList,
  type AnnotationQuery,
  annotationStands,
  DEFAULT_ENVIRONMENT,
  latestFirst,
  MAX_ANNOTATIONS,
} from '../annotations.js';
import { and, type Condition } from './conditions.js';
import { type Database, placeholders } from './driver.js';

interface AnnotationRow {
  annotation: string;
}

/** The rows of scores and comments. Writes happen within the caller's transaction. */
export class AnnotationRows {
  readonly #database: Database;
  readonly #find;
  readonly #write;
  readonly #delete;
  readonly #ofTrace;
  readonly #ofSession;

  constructor(database: Database) {
    this.#database = database;
    this.#find = database.prepare(
      'SELECT annotation FROM annotations WHERE project_id = ? AND kind = ? AND annotation_id = ?',
    );
    // `session_key` is kept by the rows of sessions when a trace or a session comes after its score.
    this.#write = database.prepare(
      `INSERT OR REPLACE INTO annotations
        (project_id, kind, annotation_id, session_id, trace_id, observation_id, name, time_ms, annotation, value, string_value, session_key)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, CASE WHEN ? IS NULL
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
      if (row !== undefined && !annotationStands(annotation, read(row))) continue;
      const text = JSON.stringify(annotation);
      const { value, stringValue } = annotation;
      this.#write.run(
        ...[projectId, kind, id, sessionId, traceId, observationId, name, timeMs, text, value, stringValue],
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
    return read(row);
  }

  list(projectId: string, query: AnnotationQuery): AnnotationList {
    const conditions = conditionsOf(query);
    const from = `FROM annotations WHERE project_id = ? AND kind = ?${and(conditions)}`;
    const values = [projectId, query.kind, ...conditions.flatMap((condition) => condition.values)];
    const rows = this.#database
      .prepare(`SELECT annotation ${from} ORDER BY time_ms DESC, annotation_id LIMIT ? OFFSET ?`)
      .all(...values, query.limit, query.offset);
    const { total } = this.#database.prepare(`SELECT count(*) AS total ${from}`).get(...values) as { total: number };
    return { annotations: (rows as AnnotationRow[]).map(read), total };
  }

  of(projectId: string, { sessionId, traceIds }: { sessionId: string; traceIds: readonly string[] }): Annotation[] {
    const rows = [
      ...this.#ofSession.all(projectId, sessionId),
      ...this.#ofSession.all(projectId, null),
      ...[...new Set(traceIds)].flatMap((traceId) => this.#ofTrace.all(projectId, traceId)),
    ];
    return (rows as AnnotationRow[]).map(read).sort(latestFirst).slice(0, MAX_ANNOTATIONS).reverse();
  }
}

const COLUMNS: Readonly<Record<AnnotationField, string>> = {
  ...{
    id: 'annotation_id',
    sessionId: 'session_id',
    traceId: 'trace_id',
    observationId: 'observation_id',
    name: 'name',
  },
  ...{ stringValue: 'string_value', origin: "annotation ->> '$.origin'", dataType: "annotation ->> '$.dataType'" },
  environment: `coalesce(annotation ->> '$.environment', '${DEFAULT_ENVIRONMENT}')`,
  authorUserId: "annotation ->> '$.authorUserId'",
};

function conditionsOf({ anyOf = {}, anyValueOf, value = [], fromMs, toMs, after }: AnnotationQuery): Condition[] {
  const anyOfColumn = (column: string, values: readonly (string | number)[] | undefined): Condition[] =>
    values === undefined ? [] : [{ sql: `${column} IN (${placeholders(values)})`, values }];
  return [
    ...ANNOTATION_FIELDS.flatMap((field) => anyOfColumn(COLUMNS[field], anyOf[field])),
    ...anyOfColumn('value', anyValueOf),
    ...value.map((condition) => ({ sql: `value ${condition.operator} ?`, values: [condition.value] })),
    ...(fromMs === undefined ? [] : [{ sql: 'time_ms >= ?', values: [fromMs] }]),
    ...(toMs === undefined ? [] : [{ sql: 'time_ms < ?', values: [toMs] }]),
    ...(after === undefined
      ? []
      : [
          {
            sql: 'time_ms <= ? AND (time_ms < ? OR annotation_id > ?)',
            values: [after.timeMs, after.timeMs, after.id],
          },
        ]),
  ];
}

function read({ annotation }: AnnotationRow): Annotation {
  return JSON.parse(annotation) as Annotation;
}
