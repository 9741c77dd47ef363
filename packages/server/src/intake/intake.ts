import { scoredTraces, withEvaluations } from '../annotations/evaluations.js';
import { type TakeTraces, type TakeTracesDeps, tracesTaker } from '../ingest/take-traces.js';
import {
  langfuseBatchTaker,
  type TakeLangfuseBatch,
  type TakeLangfuseBatchDeps,
} from '../langfuse-batch/take-batch.js';
import { type AgentSessionStore, AgentSessions } from '../logs/agent-sessions.js';
import { logsTaker, type TakeLogs, type TakeLogsDeps } from '../logs/take-logs.js';
import { logEventsWithMediaCut, piecesWithMediaCut, withMediaCut } from '../media/cut-writers.js';
import type { Annotations } from '../store/annotations.js';
import type { LogEvents } from '../store/log-events.js';
import type { MediaStore } from '../store/media.js';

/** Takes the bodies of requests, one function for each kind. What it takes is durable when it resolves. */
export interface Intake {
  readonly traces: TakeTraces;
  readonly logs: TakeLogs;
  readonly langfuseBatch: TakeLangfuseBatch;
}

export interface IntakeDeps
  extends TakeTracesDeps,
    Omit<TakeLogsDeps, 'logEvents' | 'annotations' | 'agents'>,
    Omit<TakeLangfuseBatchDeps, 'annotations'> {
  readonly logEvents: LogEvents;
  readonly annotations: Annotations;
  readonly media: MediaStore;
  /** Absent where the store cannot delete: then sessions of agents are not shown from their logs. */
  readonly agentSessions?: AgentSessionStore;
}

/** Takes bodies in this thread: media is cut out of values, and scores out of events, before the rest is stored. */
export function intakeHere(deps: IntakeDeps): Intake {
  const { annotations, media } = deps;
  const pieces = piecesWithMediaCut(deps.pieces, media);
  const agents = deps.agentSessions && new AgentSessions(deps.agentSessions);
  const writer = agents?.writer(deps.writer) ?? deps.writer;
  return {
    traces: tracesTaker({
      ...deps,
      writer: withEvaluations(withMediaCut(writer, media), annotations),
      alsoTouched: scoredTraces,
    }),
    logs: logsTaker({
      ...deps,
      ...(agents && { agents }),
      pieces,
      logEvents: logEventsWithMediaCut(deps.logEvents, media),
    }),
    langfuseBatch: langfuseBatchTaker({ ...deps, pieces }),
  };
}
