import {
  ANNOTATION_FIELDS,
  type Annotation,
  type AnnotationField,
  type AnnotationList,
  type AnnotationQuery,
} from '../annotations.js';
import { and, boundedCount, type Condition, type FindingCondition, type Prepare, rarest } from './conditions.js';
import { placeholders } from './driver.js';

export interface AnnotationRow {
  annotation: string;
}

/** What annotations are narrowed by, with the column and the index that has it, in the order of the list. */
const FIELDS: Readonly<Record<AnnotationField, { readonly column: string; readonly index: string }>> = {
  id: { column: 'annotation_id', index: 'sqlite_autoindex_annotations_1' },
  sessionId: { column: 'session_id', index: 'annotations_on_session' },
  traceId: { column: 'trace_id', index: 'annotations_on_trace' },
  observationId: { column: 'observation_id', index: 'annotations_on_observation' },
  name: { column: 'name', index: 'annotations_by_name' },
  origin: { column: 'origin', index: 'annotations_by_origin' },
  dataType: { column: 'data_type', index: 'annotations_by_data_type' },
  environment: { column: 'environment', index: 'annotations_by_environment' },
  authorUserId: { column: 'author', index: 'annotations_by_author' },
  stringValue: { column: 'string_value', index: 'annotations_by_text' },
};

/** Has every field, so that what does not match is left out without reading its row. */
const IN_ORDER = 'annotations_in_order';
const ORDER = 'ORDER BY time_ms DESC, annotation_id';

interface FieldCondition extends FindingCondition {
  readonly index: string;
}

/** Lists of scores and comments. A page starts from those that meet its rarest condition, or follows the order. */
export class AnnotationLists {
  readonly #prepare: Prepare;

  constructor(prepare: Prepare) {
    this.#prepare = prepare;
  }

  list(projectId: string, query: AnnotationQuery): AnnotationList {
    const fields = ANNOTATION_FIELDS.flatMap((field) => this.#ofField(projectId, query, field) ?? []);
    const further = furtherConditions(query);
    const [only] = fields;
    const start = rarest(fields);
    // The index of a single value has the order of the list.
    const isAlone = fields.length === 1 && only?.values.length === 1;
    const index = start?.index ?? (isAlone ? only?.index : undefined) ?? IN_ORDER;
    const conditions = [...fields, ...further];
    const values = [projectId, query.kind, ...conditions.flatMap((condition) => condition.values)];
    const select = (what: string, from: string) =>
      `SELECT ${what} FROM annotations INDEXED BY ${from} WHERE project_id = ? AND kind = ?${and(conditions)}`;
    const rows = this.#prepare(`${select('annotation', index)} ${ORDER} LIMIT ? OFFSET ?`).all(
      ...[...values, query.limit, query.offset],
    ) as AnnotationRow[];
    const covering = fields.length === 1 && further.length === 0 && only !== undefined ? only.index : index;
    const counted = this.#prepare(select('count(*) AS total', covering)).get(...values) as { total: number };
    return { annotations: rows.map(readAnnotation), total: counted.total };
  }

  #ofField(projectId: string, { kind, anyOf = {} }: AnnotationQuery, field: AnnotationField): FieldCondition | null {
    const values = anyOf[field];
    if (values === undefined) return null;
    const { column, index } = FIELDS[field];
    const sql = `${column} IN (${placeholders(values)})`;
    const source = {
      sql: `SELECT 1 FROM annotations INDEXED BY ${index} WHERE project_id = ? AND kind = ? AND ${sql}`,
      values: [projectId, kind, ...values],
    };
    return { sql, values, index, source, size: (limit) => boundedCount(source, limit, this.#prepare) };
  }
}

export function readAnnotation({ annotation }: AnnotationRow): Annotation {
  return JSON.parse(annotation) as Annotation;
}

/** Those that no page starts from. */
function furtherConditions({ anyValueOf, value = [], fromMs, toMs, after }: AnnotationQuery): Condition[] {
  return [
    ...(anyValueOf === undefined ? [] : [{ sql: `value IN (${placeholders(anyValueOf)})`, values: anyValueOf }]),
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
