import { EVALUATION_EVENT } from '@powerrag/protocol';
import { readEvaluation } from '../annotations/read-annotation.js';
import type { Log } from '../base/log.js';
import type { OtlpMediaType, RejectedItems } from '../ingest/answer.js';
import { inflate, type SentBody } from '../ingest/body.js';
import { MemoryBudget } from '../ingest/memory-budget.js';
import { toRefusal } from '../ingest/otlp-endpoint.js';
import { slicesOf } from '../ingest/slices.js';
import { type Touched, touchedBy } from '../ingest/touched.js';
import { toMs } from '../normalise/otel.js';
import { decodeLogsJson, decodeLogsProtobuf } from '../otlp/decode-logs.js';
import type { IngestLimits } from '../otlp/limits.js';
import type { OtlpLogRecord } from '../otlp/log-record.js';
import type { Annotation, Annotations } from '../store/annotations.js';
import type { LogEvent, LogEvents } from '../store/log-events.js';
import type { Complete, PieceWriter } from '../store/pieces.js';
import type { AgentSessions } from './agent-sessions.js';
import { agentEventOf, answerForSpanOf, type OfAgent } from './agents.js';
import { takeAgentEvents } from './take-agent-events.js';
import { attributesOf, hasWords, LogEventReader, withAnswer } from './to-log-event.js';

/** What became of the log records of a project that this server has taken since it started. */
export interface LogCounts {
  /** Words of model calls, kept for their span, evaluations, and events of agents that are shown as observations. */
  joined: number;
  /** Words of model calls that name no span, and evaluations that say neither what they judge nor their name: not kept. */
  withoutSpan: number;
  /** All other logs: not kept. */
  others: number;
}

export const NO_COUNTS: LogCounts = { joined: 0, withoutSpan: 0, others: 0 };

interface TakenLogs {
  /** Log records that were read, whether or not anything of them is kept. */
  readonly accepted: number;
  readonly rejected: RejectedItems;
  readonly counts: LogCounts;
  readonly touched: readonly Touched[];
}

/** Decodes a body and stores what its logs say of model calls; resolves and rejects as `TakeTraces` does. */
export type TakeLogs = (projectId: string, mediaType: OtlpMediaType, body: SentBody) => Promise<TakenLogs>;

export interface TakeLogsDeps {
  readonly logEvents: Pick<LogEvents, 'writeLogEvents'>;
  readonly annotations: Pick<Annotations, 'writeAnnotations'>;
  readonly limits: IngestLimits;
  readonly log: Log;
  readonly pieces: PieceWriter;
  /** Estimates the cost of a model call that came without one. Default: no estimates. */
  readonly withCost?: Complete;
  /** Sessions of agents that send logs. Absent where they are not shown: the store cannot take back what is made of them. */
  readonly agents?: AgentSessions;
}

/** Takes logs in this thread. */
export function logsTaker(deps: TakeLogsDeps): TakeLogs {
  const { logEvents, annotations, limits, log } = deps;
  const budget = new MemoryBudget(limits.bytesInWork);
  return async (projectId, mediaType, body) => {
    const share = budget.open();
    try {
      const decode = mediaType === 'application/json' ? decodeLogsJson : decodeLogsProtobuf;
      const { records, rejected } = decode(await inflate(body, limits, share), limits);
      const { events, scores, counts, ofAgents } = sort(records);
      for (const slice of slicesOf(scores)) await annotations.writeAnnotations(projectId, slice);
      for (const slice of slicesOf(events)) await logEvents.writeLogEvents(projectId, slice);
      const pieces = await takeAgentEvents(deps, projectId, ofAgents, { counts, cuts: rejected });
      const changed = pieces.flatMap(({ traceId, trace }) => (traceId === null ? [] : [{ traceId, trace }]));
      const touched = touchedBy([...events.map(({ traceId }) => ({ traceId, trace: {} })), ...changed]);
      const { count, message, byKind } = rejected;
      return { accepted: records.length, rejected: { count, message, byKind }, counts, touched };
    } catch (error) {
      throw toRefusal(error, log);
    } finally {
      share.release();
    }
  };
}

interface Sorted {
  readonly events: LogEvent[];
  readonly scores: Annotation[];
  readonly counts: LogCounts;
  /** Events of agents, not counted yet. */
  readonly ofAgents: OfAgent[];
}

function sort(records: readonly OtlpLogRecord[]): Sorted {
  const reader = new LogEventReader();
  const counts = { ...NO_COUNTS };
  const events: LogEvent[] = [];
  const scores: Annotation[] = [];
  const ofAgents: OfAgent[] = [];
  for (const sent of records) {
    const answer = answerForSpanOf(sent);
    const record = answer === undefined ? sent : withAnswer(sent, answer);
    const { traceId, spanId } = record;
    const ofAgent = agentEventOf(record);
    if (record.eventName === EVALUATION_EVENT) {
      const score = readEvaluation(attributesOf(record), { traceId, spanId }, toMs(record.timeUnixNano));
      if (score === null) counts.withoutSpan += 1;
      else scores.push(score);
      counts.joined += score === null ? 0 : 1;
    } else if (answer === undefined && ofAgent !== undefined) ofAgents.push(ofAgent);
    else if (!hasWords(record)) counts.others += 1;
    else if (traceId === null || spanId === null) counts.withoutSpan += 1;
    else {
      counts.joined += 1;
      events.push(reader.read(record, { traceId, spanId }));
    }
  }
  return { events, scores, counts, ofAgents };
}
