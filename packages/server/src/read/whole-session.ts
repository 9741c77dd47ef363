import type { ReplayDocument } from '@powerrag/protocol';
import { bodiesToRead, bodyKey, toReplay } from '../replay/index.js';
import { type Annotations, toReplayAnnotation } from '../store/annotations.js';
import type { SessionReader, StoredObservation, StoredTrace } from '../store/contract.js';

/** All of a session except the bodies of its observations, with no text cut. */
export interface WholeSession {
  readonly replay: ReplayDocument;
  /** By start, as stored. */
  readonly observations: readonly StoredObservation[];
}

/**
 * Reads a session. Null if it does not exist.
 *
 * @param annotations Default: none are kept, and the document has none.
 * @param nowMs when it is judged what is running, Unix milliseconds.
 */
export async function readWholeSession(
  { reader, annotations }: { readonly reader: SessionReader; readonly annotations: Annotations | undefined },
  projectId: string,
  sessionId: string,
  nowMs: number,
): Promise<WholeSession | null> {
  const session = await reader.getSession(projectId, sessionId);
  if (session === null) return null;
  const observations = await reader.listObservations(projectId, { sessionId });
  const { traces } = await reader.listTraces(projectId, { sessionId });
  const keys = bodiesToRead(traces, observations);
  const bodies = await reader.readBodies(projectId, keys);
  const byKey = new Map(keys.map((key, index) => [bodyKey(key), bodies[index] ?? null]));
  const cut = toReplay(session, traces, observations, byKey, nowMs, true);
  const replay = { ...cut, ...wholeValues(cut, traces, observations) };
  if (annotations === undefined) return { replay, observations };
  const ids = new Set(observations.map(({ id }) => id));
  const of = await annotations.annotationsOf(projectId, { sessionId, traceIds: traces.map(({ id }) => id) });
  // One on an observation may not name the trace: then it is of this session where the observation is.
  const shown = of.filter(
    (each) => each.traceId !== null || each.observationId === null || ids.has(each.observationId),
  );
  return { replay: { ...replay, annotations: shown.map(toReplayAnnotation) }, observations };
}

/** Metadata and status messages as they are stored: the document holds the beginnings of long ones. */
function wholeValues(
  replay: ReplayDocument,
  traces: readonly StoredTrace[],
  observations: readonly StoredObservation[],
): Pick<ReplayDocument, 'traces' | 'observations'> {
  const metadata = new Map(traces.map((trace) => [trace.id, trace.metadata]));
  const status = new Map(observations.map((each) => [bodyKey(each), each.statusMessage]));
  return {
    traces: replay.traces.map(({ cutMetadata: _, ...trace }) => ({
      ...trace,
      metadata: metadata.get(trace.id) ?? trace.metadata,
    })),
    observations: replay.observations.map((each) => ({
      ...each,
      statusMessage: status.get(bodyKey(each)) ?? each.statusMessage,
    })),
  };
}
