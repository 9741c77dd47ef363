import type { Observation, TraceAttributes } from '../observation/observation.js';

/** A trace with newly durable data, and the session id that came with it. Can be cloned to another thread. */
export interface Touched {
  readonly traceId: string;
  readonly trace: Pick<TraceAttributes, 'sessionId'>;
}

/** The traces of a batch, each once per session id. */
export function touchedBy(batch: readonly Pick<Observation, 'traceId' | 'trace'>[]): Touched[] {
  const touched = new Map<string, Touched>();
  for (const { traceId, trace } of batch) {
    const { sessionId } = trace;
    const key = `${traceId}\0${sessionId ?? ''}`;
    if (!touched.has(key)) touched.set(key, { traceId, trace: sessionId === undefined ? {} : { sessionId } });
  }
  return [...touched.values()];
}
