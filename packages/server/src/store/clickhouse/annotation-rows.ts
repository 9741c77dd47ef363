import { type Annotation, type AnnotationQuery, type Annotations, MAX_ANNOTATIONS } from '../annotations.js';
import type { Connection, Parameter } from './connection.js';
import { inChunks } from './lists.js';
import { type Cluster, storedIn } from './schema.js';

/** Fields of an annotation that it can be found by, as they stand in its JSON. */
const FIELDS = ['sessionId', 'traceId', 'observationId', 'name'] as const;

/** The latest version of each annotation of a project. */
const CURRENT = `SELECT annotation_id AS id, max(latest).1 AS time_ms, max(latest).2 AS annotation FROM annotations
  WHERE project_id = {project:String} AND CONDITION GROUP BY kind, annotation_id`;

/** Scores and comments: of two versions the later stands, then the one of the greater text, which is the greatest of a tuple. */
export function annotationRows(connection: Connection, cluster: Cluster): Annotations {
  return {
    writeAnnotations: (projectId, annotations) =>
      connection.insert(
        'annotations',
        annotations.map((annotation) => ({
          ...{ project_id: projectId, kind: annotation.kind, annotation_id: annotation.id },
          latest: [annotation.timeMs, JSON.stringify(annotation)],
        })),
      ),
    deleteAnnotation: async (projectId, kind, id) => {
      const parameters = { project: projectId, kind, id };
      const which = 'project_id = {project:String} AND kind = {kind:String} AND annotation_id = {id:String}';
      const rows = await connection.query(`SELECT 1 FROM annotations WHERE ${which} LIMIT 1`, parameters);
      if (rows.length === 0) return false;
      await connection.command(`DELETE FROM ${storedIn('annotations', cluster)} WHERE ${which}`, parameters);
      return true;
    },
    listAnnotations: async (projectId, query) => {
      const { current, conditions, parameters } = select(projectId, query);
      const from = `FROM (${current}) WHERE ${['1', ...conditions].join(' AND ')}`;
      const [rows, [count]] = await Promise.all([
        connection.query<{ annotation: string }>(
          `SELECT annotation ${from} ORDER BY time_ms DESC, id LIMIT {limit:UInt32} OFFSET {offset:UInt32}`,
          { ...parameters, limit: query.limit, offset: query.offset },
        ),
        connection.query<{ total: string | number }>(`SELECT count() AS total ${from}`, parameters),
      ]);
      return { annotations: rows.map(read), total: Number(count?.total ?? 0) };
    },
    annotationsOf: async (projectId, { sessionId, traceIds }) => {
      const traceId = "JSONExtractString(annotation, 'traceId')";
      const ofSession = "JSONExtractString(annotation, 'sessionId')";
      const found = new Map<string, Annotation>();
      // At least once: what is on the session itself needs no trace.
      for (const traces of traceIds.length === 0 ? [[]] : inChunks(traceIds)) {
        const rows = await connection.query<{ annotation: string }>(
          `SELECT annotation FROM (${CURRENT.replace('CONDITION', '1')})
            WHERE if(${traceId} = '', ${ofSession} IN ('', {session:String}), ${traceId} IN {traces:Array(String)})
            ORDER BY time_ms DESC, id LIMIT ${MAX_ANNOTATIONS}`,
          { project: projectId, session: sessionId, traces },
        );
        for (const annotation of rows.map(read)) found.set(`${annotation.kind}\0${annotation.id}`, annotation);
      }
      return [...found.values()].sort(latestFirst).slice(0, MAX_ANNOTATIONS).reverse();
    },
  };
}

/** As the query orders them: ids by their bytes. */
function latestFirst(one: Annotation, other: Annotation): number {
  return other.timeMs - one.timeMs || Buffer.compare(Buffer.from(one.id), Buffer.from(other.id));
}

function select(projectId: string, query: AnnotationQuery) {
  const ofKey = ['kind = {kind:String}', ...(query.id === undefined ? [] : ['annotation_id = {id:String}'])];
  const parameters: Record<string, Parameter> = { project: projectId, kind: query.kind };
  if (query.id !== undefined) parameters.id = query.id;
  const conditions: string[] = [];
  for (const field of FIELDS) {
    const value = query[field];
    if (value === undefined) continue;
    conditions.push(`JSONExtractString(annotation, '${field}') = {${field}:String}`);
    parameters[field] = value;
  }
  if (query.fromMs !== undefined) {
    conditions.push('time_ms >= {from:Float64}');
    parameters.from = query.fromMs;
  }
  if (query.toMs !== undefined) {
    conditions.push('time_ms < {to:Float64}');
    parameters.to = query.toMs;
  }
  return { current: CURRENT.replace('CONDITION', ofKey.join(' AND ')), conditions, parameters };
}

function read({ annotation }: { readonly annotation: string }): Annotation {
  return JSON.parse(annotation) as Annotation;
}
