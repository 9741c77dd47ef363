import type { ObservationBody } from '../observation/observation.js';
import type { StoredObservation, StoredSession, StoredTrace } from '../store/contract.js';
import { anObservation } from '../store/testing.js';
import { noTotals, shownTotals } from '../store/totals.js';

/** What replay is given, for tests. Times are Unix milliseconds. */

const ofOneObservation = shownTotals({ ...noTotals(), observationCount: 1 });

export function storedObservation(id: string, others: Partial<StoredObservation> = {}): StoredObservation {
  const {
    body: _body,
    trace: _trace,
    ...observation
  } = anObservation({
    traceId: 'trace',
    id,
    name: id,
    startMs: 0,
    endMs: 10,
  });
  return { ...observation, sessionId: 'session', ...others };
}

export function storedTrace(id: string, others: Partial<StoredTrace> = {}): StoredTrace {
  return {
    id,
    name: id,
    nameFrom: 'root',
    revision: 1,
    startMs: 0,
    endMs: 10,
    ...ofOneObservation,
    ...others,
  };
}

export const session: StoredSession = {
  id: 'session',
  name: null,
  lastAnswer: null,
  turnCount: 1,
  userIds: [],
  environment: null,
  tags: [],
  models: [],
  services: [],
  traceCount: 1,
  ...ofOneObservation,
  startMs: 0,
  lastActivityMs: 10,
  revision: 1,
};

export function body(input: unknown, output: unknown): ObservationBody {
  return { input: JSON.stringify(input), output: JSON.stringify(output), metadata: {}, events: [] };
}
