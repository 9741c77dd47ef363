import type { ObservationBody } from '../observation.js';
import type { StoredObservation, StoredSession, StoredTrace } from '../store/contract.js';

/** What replay is given, for tests. Times are Unix milliseconds. */

export function storedObservation(id: string, others: Partial<StoredObservation> = {}): StoredObservation {
  return {
    traceId: 'trace',
    id,
    parentId: null,
    type: 'span',
    name: id,
    startMs: 0,
    endMs: 10,
    firstTokenMs: null,
    level: 'DEFAULT',
    statusMessage: null,
    service: null,
    scope: null,
    environment: null,
    version: null,
    model: null,
    provider: null,
    modelParameters: {},
    usage: {},
    cost: {},
    prompt: null,
    sessionId: 'session',
    ...others,
  };
}

export function storedTrace(id: string, others: Partial<StoredTrace> = {}): StoredTrace {
  return {
    id,
    name: id,
    startMs: 0,
    endMs: 10,
    observationCount: 1,
    errorCount: 0,
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: 0,
    totalCost: null,
    ...others,
  };
}

export const session: StoredSession = {
  id: 'session',
  userIds: [],
  environment: null,
  tags: [],
  traceCount: 1,
  observationCount: 1,
  errorCount: 0,
  inputTokens: 0,
  outputTokens: 0,
  totalTokens: 0,
  totalCost: null,
  startMs: 0,
  lastActivityMs: 10,
};

export function body(input: unknown, output: unknown): ObservationBody {
  return { input: JSON.stringify(input), output: JSON.stringify(output), metadata: {}, events: [] };
}
