import {
  ANNOTATION_FIELDS,
  type Annotation,
  type AnnotationField,
  type AnnotationQuery,
  type Annotations,
  DEFAULT_ENVIRONMENT,
  MAX_ANNOTATIONS,
} from '../annotations.js';
import { keysAt, placeRows } from './annotation-places.js';
import type { Connection, Parameter } from './connection.js';
import { inChunks } from './lists.js';
import type { Change } from './revisions.js';
import { type Cluster, storedIn } from './schema.js';
import type { Tombstones } from './tombstones.js';

/** The latest version of each annotation of a project. */
const CURRENT = `SELECT kind, annotation_id AS id, max(latest).1 AS time_ms, max(latest).2 AS annotation FROM annotations
  WHERE project_id = {project:String} AND CONDITION GROUP BY kind, annotation_id`;

/** The same without the text, which is most of what is read. */
const PLACED = `SELECT kind, annotation_id AS id, max(latest.1) AS time_ms FROM annotations
  WHERE project_id = {project:String} AND CONDITION GROUP BY kind, annotation_id`;

/** The number of a score; null for one without, which meets no condition. */
const NUMBER = "JSONExtract(annotation, 'value', 'Nullable(Float64)')";

/** A field as it stands in the JSON; null where it has none. */
const readText = (field: AnnotationField): string => {
  const text = `JSONExtract(annotation, '${field}', 'Nullable(String)')`;
  return field === 'environment' ? `ifNull(${text}, '${DEFAULT_ENVIRONMENT}')` : text;
};

/** The same of those that a query gives the keys of. */
const currentAmong = (keys: string): string => CURRENT.replace('CONDITION', `(kind, annotation_id) IN (${keys})`);

/** Ids of observations of the traces `{ids}`. */
const OBSERVATIONS = `SELECT observation_id FROM observations
  WHERE project_id = {project:String} AND trace_id IN {ids:Array(String)}`;

const TRACE_ID = "JSONExtractString(annotation, 'traceId')";
const SESSION_ID = "JSONExtractString(annotation, 'sessionId')";

export interface AnnotationRowsDeps {
  readonly connection: Connection;
  readonly cluster: Cluster;
  readonly tombstones: Tombstones;
  /** Numbers what changed, and tells of it. */
  readonly changed: (projectId: string, changes: readonly Change[]) => Promise<void>;
}

type AnnotationKey = Pick<Annotation, 'kind' | 'id'>;

export interface AnnotationRows extends Annotations {
  /** Those on traces, and on observations of them. */
  ofTraces(projectId: string, traceIds: readonly string[]): Promise<AnnotationKey[]>;
  /** Those on the sessions themselves. */
  ofSessions(projectId: string, sessionIds: readonly string[]): Promise<AnnotationKey[]>;
  remove(projectId: string, kind: Annotation['kind'], ids: readonly string[]): Promise<void>;
}

/** Scores and comments: of two versions the later stands, then the one of the greater text, which is the greatest of a tuple. */
export function annotationRows({ connection, cluster, tombstones, changed }: AnnotationRowsDeps): AnnotationRows {
  const remove = async (projectId: string, kind: Annotation['kind'], all: readonly string[]): Promise<void> => {
    for (const ids of inChunks(all)) {
      await connection.command(
        `DELETE FROM ${storedIn('annotations', cluster)} WHERE project_id = {project:String}
          AND kind = {kind:String} AND annotation_id IN {ids:Array(String)}`,
        { project: projectId, kind, ids },
      );
    }
  };
  const keysOf = async (
    projectId: string,
    all: readonly string[],
    { among, condition }: { readonly among: string; readonly condition: string },
  ): Promise<AnnotationKey[]> => {
    const keys: AnnotationKey[] = [];
    for (const ids of inChunks(all)) {
      const rows = await connection.query<{ annotation: string }>(
        `SELECT annotation FROM (${currentAmong(among)}) WHERE ${condition}`,
        { project: projectId, ids },
      );
      keys.push(...rows.map(read));
    }
    return keys;
  };
  return {
    remove,
    ofTraces: (projectId, traceIds) =>
      keysOf(projectId, traceIds, {
        among: keysAt({ trace: 'place_id IN {ids:Array(String)}', observation: `place_id IN (${OBSERVATIONS})` }),
        condition: `${TRACE_ID} IN {ids:Array(String)}
          OR (${TRACE_ID} = '' AND JSONExtractString(annotation, 'observationId') IN (${OBSERVATIONS}))`,
      }),
    ofSessions: (projectId, ids) =>
      keysOf(projectId, ids, {
        among: keysAt({ session: 'place_id IN {ids:Array(String)}' }),
        condition: `${TRACE_ID} = '' AND ${SESSION_ID} IN {ids:Array(String)}`,
      }),
    writeAnnotations: async (projectId, all) => {
      const annotations = await tombstones.leaveOut(projectId, all);
      // First: whatever is stored is found.
      await connection.insert(
        'annotation_places',
        annotations.flatMap((annotation) => placeRows(projectId, annotation)),
      );
      await connection.insert(
        'annotations',
        annotations.map((annotation) => ({
          ...{ project_id: projectId, kind: annotation.kind, annotation_id: annotation.id },
          latest: [annotation.timeMs, JSON.stringify(annotation)],
        })),
      );
      // Deleted while they were stored: whoever deletes them may have removed them before they were there.
      const left = new Set(await tombstones.leaveOut(projectId, annotations));
      for (const each of annotations) if (!left.has(each)) await remove(projectId, each.kind, [each.id]);
      await changed(projectId, annotations);
    },
    deleteAnnotation: async (projectId, kind, id) => {
      const [row] = await connection.query<{ annotation: string }>(
        CURRENT.replace('CONDITION', 'kind = {kind:String} AND annotation_id = {id:String}'),
        { project: projectId, kind, id },
      );
      if (row === undefined) return false;
      await remove(projectId, kind, [id]);
      await changed(projectId, [read(row)]);
      return true;
    },
    listAnnotations: async (projectId, query) => {
      const { ofKey, ofFields, ofPlace, parameters } = select(projectId, query);
      const needsTexts = ofFields.length > 0;
      const current = needsTexts ? CURRENT.replace('CONDITION', ofKey) : PLACED.replace('CONDITION', ofKey);
      const from = `FROM (${current}) WHERE ${['1', ...ofFields, ...ofPlace].join(' AND ')}`;
      const page = 'ORDER BY time_ms DESC, id LIMIT {limit:UInt32} OFFSET {offset:UInt32}';
      // The texts of the page only, where nothing is asked of the others.
      const pageOf = needsTexts
        ? `SELECT annotation ${from} ${page}`
        : `SELECT annotation FROM (${currentAmong(`SELECT kind, id ${from} ${page}`)}) ORDER BY time_ms DESC, id`;
      const [rows, [count]] = await Promise.all([
        connection.query<{ annotation: string }>(pageOf, { ...parameters, limit: query.limit, offset: query.offset }),
        connection.query<{ total: string | number }>(`SELECT count() AS total ${from}`, parameters),
      ]);
      return { annotations: rows.map(read), total: Number(count?.total ?? 0) };
    },
    annotationsOf: async (projectId, { sessionId, traceIds }) => {
      const found = new Map<string, Annotation>();
      const places = keysAt({
        ...{ trace: 'place_id IN {traces:Array(String)}', session: 'place_id = {session:String}' },
        observation: '1',
      });
      // At least once: what is on the session itself needs no trace.
      for (const traces of traceIds.length === 0 ? [[]] : inChunks(traceIds)) {
        const rows = await connection.query<{ annotation: string }>(
          `SELECT annotation FROM (${currentAmong(places)})
            WHERE if(${TRACE_ID} = '', ${SESSION_ID} IN ('', {session:String}), ${TRACE_ID} IN {traces:Array(String)})
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
  const { anyOf = {}, anyValueOf, value = [], after } = query;
  const ofKey = [
    'kind = {kind:String}',
    ...(anyOf.id === undefined ? [] : ['annotation_id IN {id:Array(String)}']),
    // The field itself is asked for below: a place stays when its annotation is elsewhere.
    ...(anyOf.traceId === undefined
      ? []
      : [`(kind, annotation_id) IN (${keysAt({ trace: 'place_id IN {traceId:Array(String)}' })})`]),
    ...(anyOf.sessionId === undefined
      ? []
      : [`(kind, annotation_id) IN (${keysAt({ session: 'place_id IN {sessionId:Array(String)}' })})`]),
  ];
  const parameters: Record<string, Parameter> = { project: projectId, kind: query.kind };
  const ofFields: string[] = [];
  const ofPlace: string[] = [];
  for (const field of ANNOTATION_FIELDS) {
    const values = anyOf[field];
    if (values === undefined) continue;
    parameters[field] = values;
    if (field !== 'id') ofFields.push(`${readText(field)} IN {${field}:Array(String)}`);
  }
  if (anyValueOf !== undefined) {
    ofFields.push(`${NUMBER} IN {values:Array(Float64)}`);
    parameters.values = anyValueOf;
  }
  for (const [index, { operator, value: number }] of value.entries()) {
    ofFields.push(`${NUMBER} ${operator} {value${index}:Float64}`);
    parameters[`value${index}`] = number;
  }
  if (after !== undefined) {
    ofPlace.push('(time_ms < {afterTime:Float64} OR (time_ms = {afterTime:Float64} AND id > {afterId:String}))');
    parameters.afterTime = after.timeMs;
    parameters.afterId = after.id;
  }
  if (query.fromMs !== undefined) {
    ofPlace.push('time_ms >= {from:Float64}');
    parameters.from = query.fromMs;
  }
  if (query.toMs !== undefined) {
    ofPlace.push('time_ms < {to:Float64}');
    parameters.to = query.toMs;
  }
  return { ofKey: ofKey.join(' AND '), ofFields, ofPlace, parameters };
}

function read({ annotation }: { readonly annotation: string }): Annotation {
  return JSON.parse(annotation) as Annotation;
}
