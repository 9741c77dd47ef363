import type { Json, ReplayAnnotation, TextQuote } from '@powerrag/protocol';
import { defined } from '../base/defined.js';
import { compareText } from './order.js';

/** A score or a comment on a session, a trace, a turn of it, or an observation, or on a passage of what was said there. */
export interface Annotation {
  readonly kind: 'score' | 'comment';
  /** Names it among those of its kind. */
  readonly id: string;
  /** What it is on: the observation, else the trace, else the session. A comment on an observation may not know the trace. */
  readonly sessionId: string | null;
  readonly traceId: string | null;
  readonly observationId: string | null;
  /** The ids of trace and observation as the client calls them. */
  readonly source: { readonly traceId: string | null; readonly observationId: string | null };
  /** Of a trace that holds several turns, the one it is on: from 1. Absent for all of it. */
  readonly turn?: number;
  /** The passage that it is on, of what was said there. Absent for all of it. */
  readonly passage?: TextQuote;
  /** Unix milliseconds. */
  readonly timeMs: number;
  /** Of a score; empty for a comment. */
  readonly name: string;
  readonly dataType: 'NUMERIC' | 'BOOLEAN' | 'CATEGORICAL' | null;
  readonly value: number | null;
  readonly stringValue: string | null;
  /** The comment, or what goes with the score in words. */
  readonly text: string | null;
  /** Who gave it: a program, an evaluator of the traced application, or a person. */
  readonly origin: 'API' | 'EVAL' | 'ANNOTATION';
  readonly environment: string | null;
  readonly authorUserId: string | null;
  readonly metadata: Readonly<Record<string, Json>>;
}

/** What annotations can be narrowed by, each to some texts. */
export const ANNOTATION_FIELDS = [
  ...(['id', 'sessionId', 'traceId', 'observationId', 'name', 'origin'] as const),
  ...(['dataType', 'environment', 'authorUserId', 'stringValue'] as const),
] as const;

export type AnnotationField = (typeof ANNOTATION_FIELDS)[number];

/** The environment of an annotation that names none. */
export const DEFAULT_ENVIRONMENT = 'default';

export const VALUE_OPERATORS = ['=', '!=', '<', '<=', '>', '>='] as const;

type ValueOperator = (typeof VALUE_OPERATORS)[number];

/** A condition that only a score with a number can meet. */
interface ValueCondition {
  readonly operator: ValueOperator;
  readonly value: number;
}

/** All of it must be met. */
export interface AnnotationQuery {
  readonly kind: Annotation['kind'];
  /** Only those whose field is one of the texts. */
  readonly anyOf?: { readonly [F in AnnotationField]?: readonly string[] };
  /** Only scores whose number is one of these. */
  readonly anyValueOf?: readonly number[];
  readonly value?: readonly ValueCondition[];
  /** Unix milliseconds: at or after, and before. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Only those that come after this place in the order. */
  readonly after?: AnnotationPlace;
  readonly limit: number;
  readonly offset: number;
}

/** Where an annotation is in the order of `listAnnotations`. */
export type AnnotationPlace = Pick<Annotation, 'timeMs' | 'id'>;

export interface AnnotationList {
  readonly annotations: readonly Annotation[];
  /** How many the query matches in all. */
  readonly total: number;
}

/** Scores and comments. They do not need what they are on: that may come later, or never. */
export interface Annotations {
  /**
   * Stores them, whole or not at all, durable when it resolves. Idempotent by kind and id, and commutative: of two versions the
   * later stands, then the one with the greater text.
   */
  writeAnnotations(projectId: string, annotations: readonly Annotation[]): Promise<void>;
  /** Whether there was one. Durable when it resolves. One that is written again is there again. */
  deleteAnnotation(projectId: string, kind: Annotation['kind'], id: string): Promise<boolean>;
  /** Latest first, then by id. */
  listAnnotations(projectId: string, query: AnnotationQuery): Promise<AnnotationList>;
  /** All on the session or one of these traces, and those on an observation whose trace they do not name; oldest first, 10,000 at most. */
  annotationsOf(
    projectId: string,
    of: { readonly sessionId: string; readonly traceIds: readonly string[] },
  ): Promise<readonly Annotation[]>;
}

export const MAX_ANNOTATIONS = 10_000;

/** The order of `listAnnotations`. */
export function latestFirst(a: AnnotationPlace, b: AnnotationPlace): number {
  return b.timeMs - a.timeMs || compareText(a.id, b.id);
}

/** Whether an annotation is one that a query asks for. */
function annotationMatches(annotation: Annotation, query: AnnotationQuery): boolean {
  const { anyOf = {}, anyValueOf, value: conditions = [], fromMs = -Infinity, toMs = Infinity, after } = query;
  const isAny = (field: AnnotationField): boolean => {
    const wanted = anyOf[field];
    const actual = annotation[field] ?? (field === 'environment' ? DEFAULT_ENVIRONMENT : null);
    return wanted === undefined || (actual !== null && wanted.includes(actual));
  };
  const { value, timeMs } = annotation;
  return (
    annotation.kind === query.kind &&
    ANNOTATION_FIELDS.every(isAny) &&
    (anyValueOf === undefined || (value !== null && anyValueOf.includes(value))) &&
    conditions.every((condition) => value !== null && COMPARE[condition.operator](value, condition.value)) &&
    timeMs >= fromMs &&
    timeMs < toMs &&
    (after === undefined || latestFirst(annotation, after) > 0)
  );
}

const COMPARE: Readonly<Record<ValueOperator, (actual: number, wanted: number) => boolean>> = {
  '=': (actual, wanted) => actual === wanted,
  '!=': (actual, wanted) => actual !== wanted,
  '<': (actual, wanted) => actual < wanted,
  '<=': (actual, wanted) => actual <= wanted,
  '>': (actual, wanted) => actual > wanted,
  '>=': (actual, wanted) => actual >= wanted,
};

export function annotationStands(a: Annotation, over: Annotation): boolean {
  return a.timeMs === over.timeMs ? JSON.stringify(a) > JSON.stringify(over) : a.timeMs > over.timeMs;
}

/** `scoresOf`: those on the session, and on anything in the traces. */
export function annotationsInMemory(): Annotations & {
  scoresOf(projectId: string, sessionId: string, traceIds: ReadonlySet<string>): readonly Annotation[];
  /** Removes those that match, and gives them. */
  removeAnnotations(projectId: string, matches: (annotation: Annotation) => boolean): readonly Annotation[];
} {
  const projects = new Map<string, Map<string, Annotation>>();
  const keyOf = (kind: string, id: string) => `${kind}\0${id}`;
  const all = (projectId: string) => [...(projects.get(projectId)?.values() ?? [])].sort(latestFirst);
  return {
    async writeAnnotations(projectId, annotations) {
      const ofProject = projects.get(projectId) ?? new Map<string, Annotation>();
      projects.set(projectId, ofProject);
      for (const annotation of annotations) {
        const key = keyOf(annotation.kind, annotation.id);
        const known = ofProject.get(key);
        if (known === undefined || annotationStands(annotation, known)) ofProject.set(key, annotation);
      }
    },
    async deleteAnnotation(projectId, kind, id) {
      return projects.get(projectId)?.delete(keyOf(kind, id)) ?? false;
    },
    async listAnnotations(projectId, query) {
      const matching = all(projectId).filter((annotation) => annotationMatches(annotation, query));
      return { annotations: matching.slice(query.offset, query.offset + query.limit), total: matching.length };
    },
    removeAnnotations(projectId, matches) {
      const gone = all(projectId).filter(matches);
      for (const { kind, id } of gone) projects.get(projectId)?.delete(keyOf(kind, id));
      return gone;
    },
    scoresOf(projectId, sessionId, traceIds) {
      return all(projectId).filter(
        (each) =>
          each.kind === 'score' && (each.traceId === null ? each.sessionId === sessionId : traceIds.has(each.traceId)),
      );
    },
    async annotationsOf(projectId, { sessionId, traceIds }) {
      const traces = new Set(traceIds);
      const on = (annotation: Annotation) =>
        annotation.traceId === null
          ? annotation.sessionId === sessionId || annotation.sessionId === null
          : traces.has(annotation.traceId);
      return all(projectId).filter(on).slice(0, MAX_ANNOTATIONS).reverse();
    },
  };
}

/** As the replay of a session has it. */
export function toReplayAnnotation(annotation: Annotation): ReplayAnnotation {
  const { kind, id, traceId, observationId, turn, passage } = annotation;
  const { name, dataType, value, stringValue, text, origin, timeMs } = annotation;
  return {
    ...{ kind, id, traceId, observationId },
    ...defined({ turn, passage }),
    ...{ name, dataType, value, stringValue, text, origin, timeMs },
  };
}
