import { toObservationId, toTraceId } from '../../observation/foreign-id.js';
import type { ObservationBody } from '../../observation/observation.js';
import { readMetadata } from '../../replay/index.js';
import type { StoredObservation, StoredTrace } from '../../store/contract.js';
import { type Column, type Columns, metadataValue, OPERATORS } from './checks.js';
import type { Value, ValueKind } from './comparisons.js';
import { DEFAULT_ENVIRONMENT, seconds } from './shapes.js';

/** An observation that may match, with its trace. */
export interface Candidate {
  readonly observation: StoredObservation;
  readonly trace: StoredTrace;
  readonly readBody: () => Promise<ObservationBody | null>;
}

type OfObservation = Column<Candidate>;

const ofObservation = (
  kind: ValueKind,
  read: (observation: StoredObservation) => Value | undefined,
): OfObservation => ({
  kind,
  read: ({ observation }) => read(observation) ?? null,
});

const ofTrace = (kind: ValueKind, read: (trace: StoredTrace) => Value | undefined): OfObservation => ({
  kind,
  read: ({ trace }) => read(trace) ?? null,
});

const ofBody = (read: (body: ObservationBody) => Value): OfObservation => ({
  kind: 'text',
  needsBody: true,
  read: async ({ readBody }) => {
    const body = await readBody();
    return body === null ? null : read(body);
  },
});

const model = ofObservation('text', ({ model }) => model);
const totalTokens = ofObservation('number', ({ usage }) => usage.total);
const tags = ofTrace('texts', (trace) => trace.tags ?? []);
const upperCase = (text: string) => text.toUpperCase();

/** The columns of the Langfuse API by their names. Durations are in seconds, costs in US dollars. */
const NAMED: ReadonlyMap<string, OfObservation> = new Map(
  Object.entries<OfObservation>({
    id: { ...ofObservation('text', ({ id }) => id), normalise: toObservationId },
    traceId: { ...ofObservation('text', ({ traceId }) => traceId), normalise: toTraceId },
    parentObservationId: { ...ofObservation('text', ({ parentId }) => parentId), normalise: toObservationId },
    type: { ...ofObservation('text', ({ type }) => type.toUpperCase()), normalise: upperCase },
    level: { ...ofObservation('text', ({ level }) => level), normalise: upperCase },
    name: ofObservation('text', ({ name }) => name),
    statusMessage: ofObservation('text', ({ statusMessage }) => statusMessage),
    environment: ofObservation('text', ({ environment }) => environment ?? DEFAULT_ENVIRONMENT),
    version: ofObservation('text', ({ version }) => version),
    model,
    providedModelName: model,
    promptName: ofObservation('text', ({ prompt }) => prompt?.name),
    promptVersion: ofObservation('number', ({ prompt }) => prompt?.version),
    isRootObservation: ofObservation('boolean', ({ parentId }) => parentId === null),
    startTime: ofObservation('time', ({ startMs }) => startMs),
    endTime: ofObservation('time', ({ endMs }) => endMs),
    latency: ofObservation('number', ({ startMs, endMs }) => (endMs === null ? null : seconds(endMs - startMs))),
    timeToFirstToken: ofObservation('number', ({ startMs, firstTokenMs }) =>
      firstTokenMs === null ? null : seconds(firstTokenMs - startMs),
    ),
    tokensPerSecond: ofObservation('number', ({ usage, startMs, endMs }) =>
      endMs === null || endMs <= startMs || usage.output === undefined
        ? null
        : usage.output / ((endMs - startMs) / 1_000),
    ),
    inputTokens: ofObservation('number', ({ usage }) => usage.input),
    outputTokens: ofObservation('number', ({ usage }) => usage.output),
    totalTokens,
    tokens: totalTokens,
    inputCost: ofObservation('number', ({ cost }) => cost.input),
    outputCost: ofObservation('number', ({ cost }) => cost.output),
    totalCost: ofObservation('number', ({ cost }) => cost.total),
    userId: ofTrace('text', ({ userId }) => userId),
    sessionId: ofTrace('text', ({ sessionId }) => sessionId),
    traceName: ofTrace('text', ({ name }) => name),
    traceEnvironment: ofTrace('text', ({ environment }) => environment ?? DEFAULT_ENVIRONMENT),
    traceTags: tags,
    tags,
    input: ofBody(({ input }) => input),
    output: ofBody(({ output }) => output),
  }),
);

export const OBSERVATION_COLUMNS: Columns<Candidate> = {
  named: NAMED,
  metadata: (kind, key) => ({ ...ofBody(({ metadata }) => metadataValue(readMetadata(metadata), key, kind)), kind }),
  answered: `${[...NAMED.keys()].join(', ')} and metadata (with key), ${OPERATORS}`,
};
