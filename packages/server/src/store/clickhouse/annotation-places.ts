import type { Annotation } from '../annotations.js';
import { IN_PROJECT } from './conditions.js';
import type { Connection, Row } from './connection.js';

type Place = 'trace' | 'session' | 'observation';

/**
 * Where an annotation is looked for: on the trace and the session that it names; without a trace, on its observation. One on an
 * observation whose trace it does not name may be of any session.
 */
function placesOf({ traceId, sessionId, observationId }: Annotation): (readonly [Place, string])[] {
  return [
    ...(traceId === null ? [] : [['trace', traceId] as const]),
    ...(sessionId === null ? [] : [['session', sessionId] as const]),
    ...(traceId !== null || observationId === null ? [] : [['observation', observationId] as const]),
  ];
}

/** A row stays when its annotation is elsewhere or deleted: what it leads to is looked at again. */
export function placeRows(projectId: string, annotation: Annotation): Row[] {
  const { kind, id } = annotation;
  return placesOf(annotation).map(([place, place_id]) => ({
    ...{ project_id: projectId, place, place_id, kind, annotation_id: id, version: 0 },
  }));
}

/**
 * Selects the keys of annotations that may be at one of some places, each with a condition on `place_id`. One query and not a union,
 * for the reason that `inAny` gives.
 */
export function keysAt(places: Readonly<Partial<Record<Place, string>>>): string {
  const anyOf = Object.entries(places).map(([place, condition]) => `(place = '${place}' AND ${condition})`);
  return `SELECT kind, annotation_id FROM annotation_places WHERE ${IN_PROJECT} AND (${anyOf.join(' OR ')})`;
}

/** Marks in `migrations` that every annotation has all its places: at first those on a trace had no place on the session they name. */
const FILLED = { source: 'annotation_places', position: 'sessions of traces', version: 0 };

/** Writes the places of annotations that were stored before places were. Safe to run by several nodes at once. */
export async function fillAnnotationPlaces(connection: Connection): Promise<void> {
  const { source, position } = FILLED;
  const [isFilled] = await connection.query(
    'SELECT 1 FROM migrations WHERE source = {source:String} AND position = {position:String} LIMIT 1',
    { source, position },
  );
  if (isFilled !== undefined) return;
  await connection.command(
    `INSERT INTO annotation_places (project_id, place, place_id, kind, annotation_id, version)
      SELECT project_id, place.1, place.2, kind, annotation_id, 0 FROM (
        SELECT project_id, kind, annotation_id, latest.2 AS annotation, JSONExtractString(annotation, 'traceId') AS trace,
          arrayFilter(each -> each.2 != '', [
            ('trace', trace),
            ('session', JSONExtractString(annotation, 'sessionId')),
            ('observation', if(trace = '', JSONExtractString(annotation, 'observationId'), ''))]) AS places
        FROM annotations) ARRAY JOIN places AS place`,
  );
  await connection.insert('migrations', [FILLED]);
}
