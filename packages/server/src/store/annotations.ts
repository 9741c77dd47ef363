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

export interface AnnotationQuery {
  readonly kind: Annotation['kind'];
  readonly id?: string;
  readonly sessionId?: string;
  readonly traceId?: string;
  readonly observationId?: string;
  readonly name?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly limit: number;
  readonly offset: number;
}

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
export function latestFirst(a: Annotation, b: Annotation): number {
  return b.timeMs - a.timeMs || compareText(a.id, b.id);
}

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
      const fields = ['id', 'sessionId', 'traceId', 'observationId', 'name'] as const;
      const matching = all(projectId).filter(
        (annotation) =>
          annotation.kind === query.kind &&
          fields.every((field) => query[field] === undefined || query[field] === annotation[field]) &&
          (query.fromMs === undefined || annotation.timeMs >= query.fromMs) &&
          (query.toMs === undefined || annotation.timeMs < query.toMs),
      );
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
