import type { Observation, TraceAttributes } from '../observation/observation.js';

/** A trace of which more is durable now, and the session that was named for it. Survives a copy to another thread. */
export interface Touched {
  readonly traceId: string;
  readonly trace: Pick<TraceAttributes, 'sessionId'>;
}

/** Each trace of a batch once for each session id. */
export function touchedBy(batch: readonly Pick<Observation, 'traceId' | 'trace'>[]): Touched[] {
  const touched = new Map<string, Touched>();
  for (const { traceId, trace } of batch) {
    const { sessionId } = trace;
    const key = `${traceId}\0${sessionId ?? ''}`;
    if (!touched.has(key)) touched.set(key, { traceId, trace: sessionId === undefined ? {} : { sessionId } });
  }
  return [...touched.values()];
}
