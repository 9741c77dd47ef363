import type { SessionReader } from '../store/contract.js';
import { toOtlp } from './to-otlp.js';

/** Spans of one line: far below what a server takes in one request. */
const SPANS = 200;
const SESSIONS = 100;

export interface Exports {
  readonly sessions: number;
  readonly spans: number;
}

/**
 * Writes all sessions as OTLP/JSON, one request a line, as the file exporter of the OpenTelemetry Collector does. What is not
 * OTLP is left out: scores, comments, media and what was joined from logs.
 *
 * @param write gets one line, without its line break.
 * @param progress is called after each session.
 */
export async function exportSessions(
  reader: SessionReader,
  projectId: string,
  write: (line: string) => void,
  progress: (done: Exports) => void = () => {},
): Promise<Exports> {
  let [sessions, spans] = [0, 0];
  let cursor: string | undefined;
  do {
    const page = await reader.listSessions(projectId, { limit: SESSIONS, ...(cursor === undefined ? {} : { cursor }) });
    for (const { id } of page.sessions) {
      spans += await exportSession(reader, projectId, id, write);
      sessions += 1;
      progress({ sessions, spans });
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { sessions, spans };
}

async function exportSession(
  reader: SessionReader,
  projectId: string,
  sessionId: string,
  write: (line: string) => void,
): Promise<number> {
  const { traces } = await reader.listTraces(projectId, { sessionId, order: 'asc' });
  let count = 0;
  for (const trace of traces) {
    const observations = await reader.listObservations(projectId, { traceId: trace.id });
    count += observations.length;
    for (let from = 0; from < observations.length; from += SPANS) {
      const part = observations.slice(from, from + SPANS);
      const bodies = await reader.readBodies(projectId, part);
      const exported = part.flatMap((observation, at) => {
        const body = bodies[at];
        return body === null || body === undefined ? [] : [{ observation, body }];
      });
      write(JSON.stringify(toOtlp(trace, exported, from === 0)));
    }
  }
  return count;
}
