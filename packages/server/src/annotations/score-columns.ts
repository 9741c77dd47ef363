import { toObservationId, toTraceId } from '../observation/foreign-id.js';
import { type Column, type Columns, metadataValue, OPERATORS } from '../read/langfuse/checks.js';
import type { Value, ValueKind } from '../read/langfuse/comparisons.js';
import { type Annotation, DEFAULT_ENVIRONMENT } from '../store/annotations.js';
import type { StoredTrace } from '../store/contract.js';

/** A score while it is looked at, with a way to its trace. */
export interface ScoreCandidate {
  readonly score: Annotation;
  /** Null where it is on no trace, or on one that is not there. */
  readonly readTrace: () => Promise<StoredTrace | null>;
}

const column = (kind: ValueKind, read: (score: Annotation) => Value): Column<ScoreCandidate> => ({
  kind,
  read: ({ score }) => read(score),
});

const ofTrace = (kind: ValueKind, read: (trace: StoredTrace) => Value | undefined): Column<ScoreCandidate> => ({
  kind,
  needsBody: true,
  read: async ({ readTrace }) => {
    const trace = await readTrace();
    return trace === null ? null : (read(trace) ?? null);
  },
});

/** The columns of scores in the Langfuse API by their names. */
const NAMED: ReadonlyMap<string, Column<ScoreCandidate>> = new Map(
  Object.entries<Column<ScoreCandidate>>({
    id: column('text', ({ id }) => id),
    name: column('text', ({ name }) => name),
    value: column('number', ({ value }) => value),
    stringValue: column('text', ({ stringValue }) => stringValue),
    dataType: column('text', ({ dataType }) => dataType),
    source: column('text', ({ origin }) => origin),
    comment: column('text', ({ text }) => text),
    timestamp: column('time', ({ timeMs }) => timeMs),
    environment: column('text', ({ environment }) => environment ?? DEFAULT_ENVIRONMENT),
    authorUserId: column('text', ({ authorUserId }) => authorUserId),
    sessionId: column('text', ({ sessionId }) => sessionId),
    traceId: { ...column('text', ({ traceId }) => traceId), normalise: toTraceId },
    observationId: { ...column('text', ({ observationId }) => observationId), normalise: toObservationId },
    userId: ofTrace('text', ({ userId }) => userId),
    tags: ofTrace('texts', ({ tags = [] }) => tags),
  }),
);

export const SCORE_COLUMNS: Columns<ScoreCandidate> = {
  named: NAMED,
  metadata: (kind, key) => column(kind, ({ metadata }) => metadataValue(metadata, key, kind)),
  answered: `${[...NAMED.keys()].join(', ')} and metadata (with key), ${OPERATORS}`,
};
