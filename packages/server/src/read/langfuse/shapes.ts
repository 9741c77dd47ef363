import { type Json, SESSION_PAGE } from '@powerrag/protocol';
import { MAX_UNIX_MS, type ObservationBody } from '../../observation/observation.js';
import type { StoredObservation, StoredSession, StoredTrace } from '../../store/contract.js';
import type { BodyBudget } from './body-budget.js';

/** Langfuse's name for the environment of a trace without one. */
export const DEFAULT_ENVIRONMENT = 'default';

/** `Session` of the Langfuse API. */
export interface LangfuseSession {
  readonly id: string;
  readonly createdAt: string;
  readonly projectId: string;
  readonly environment: string;
}

/** `Trace` of the Langfuse API. */
export interface LangfuseTrace {
  readonly id: string;
  readonly timestamp: string;
  readonly name: string;
  readonly input: Json;
  readonly output: Json;
  readonly sessionId: string | null;
  readonly release: string | null;
  readonly version: string | null;
  readonly userId: string | null;
  readonly metadata: Json;
  readonly tags: readonly string[];
  readonly public: boolean;
  readonly environment: string;
}

/** The fields that `TraceWithDetails` and `TraceWithFullDetails` add. Latency in seconds, cost in US dollars. */
export interface LangfuseTraceTotals {
  readonly htmlPath: string;
  readonly latency: number;
  readonly totalCost: number;
}

export function toSession(session: StoredSession, projectId: string): LangfuseSession {
  return {
    id: session.id,
    createdAt: iso(session.startMs),
    projectId,
    environment: session.environment ?? DEFAULT_ENVIRONMENT,
  };
}

/**
 * @param root the body of the trace's root, which gives input and output when the trace has none.
 * @param budget what the answer may hold.
 */
export function toTrace(trace: StoredTrace, root: ObservationBody | null, budget: BodyBudget): LangfuseTrace {
  const address = `/api/public/traces/${trace.id}`;
  return {
    id: trace.id,
    timestamp: iso(trace.startMs),
    name: trace.name,
    input: budget.body(trace.input ?? root?.input, address),
    output: budget.body(trace.output ?? root?.output, address),
    sessionId: trace.sessionId ?? null,
    release: trace.release ?? null,
    version: trace.version ?? null,
    userId: trace.userId ?? null,
    metadata: budget.metadata(trace.metadata ?? {}, address),
    tags: trace.tags ?? [],
    public: trace.public ?? false,
    environment: trace.environment ?? DEFAULT_ENVIRONMENT,
  };
}

export function toTotals(trace: StoredTrace): LangfuseTraceTotals {
  return { htmlPath: pathOf(trace), latency: seconds(trace.endMs - trace.startMs), totalCost: trace.totalCost ?? 0 };
}

/** The path of the page for the trace; the page shows no trace without a session. */
function pathOf({ id, sessionId }: StoredTrace): string {
  return sessionId === undefined ? '/sessions' : SESSION_PAGE.of(sessionId, { trace: id });
}

/** `ObservationView` of the Langfuse API. */
export function toObservationView(observation: StoredObservation, body: ObservationBody | null, budget: BodyBudget) {
  const address = `/api/v1/traces/${observation.traceId}/observations/${observation.id}`;
  const { usage, cost, startMs, endMs, firstTokenMs } = observation;
  return {
    id: observation.id,
    traceId: observation.traceId,
    type: observation.type.toUpperCase(),
    name: observation.name,
    startTime: iso(startMs),
    endTime: endMs === null ? null : iso(endMs),
    completionStartTime: firstTokenMs === null ? null : iso(firstTokenMs),
    model: observation.model,
    modelParameters: observation.modelParameters,
    input: budget.body(body?.input, address),
    output: budget.body(body?.output, address),
    metadata: budget.metadata(body?.metadata ?? {}, address),
    usage: { input: usage.input ?? 0, output: usage.output ?? 0, total: usage.total ?? 0, unit: 'TOKENS' },
    usageDetails: usage,
    costDetails: cost,
    level: observation.level,
    statusMessage: observation.statusMessage,
    parentObservationId: observation.parentId,
    promptId: null,
    promptName: observation.prompt?.name ?? null,
    promptVersion: observation.prompt?.version ?? null,
    version: observation.version,
    environment: observation.environment ?? DEFAULT_ENVIRONMENT,
    modelId: null,
    inputPrice: null,
    outputPrice: null,
    totalPrice: null,
    calculatedInputCost: cost.input ?? null,
    calculatedOutputCost: cost.output ?? null,
    calculatedTotalCost: cost.total ?? null,
    latency: endMs === null ? null : seconds(endMs - startMs),
    timeToFirstToken: firstTokenMs === null ? null : seconds(firstTokenMs - startMs),
  };
}

/** Never throws: times in older files may be outside the range of a Date. */
function iso(unixMs: number): string {
  const ms = Number.isNaN(unixMs) ? 0 : Math.min(Math.max(unixMs, 0), MAX_UNIX_MS);
  return new Date(ms).toISOString();
}

export function seconds(ms: number): number {
  return Math.round(Math.max(ms, 0)) / 1_000;
}
