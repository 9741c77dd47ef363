import { groupBy } from '@powerrag/protocol';
import type { TraceDigest } from '../digests.js';
import type { FindableText } from '../findable-texts.js';
import { summariseSession, type TraceSummary } from '../summary.js';
import type { Connection, Row } from './connection.js';
import { DELETED } from './deleted.js';
import { inChunks } from './lists.js';

/** How a text that a session is found by stands in its row. */
export function textKey({ kind, value }: FindableText): string {
  return `${kind}\0${value}`;
}

interface SessionTraceRow {
  readonly session_id: string;
  readonly trace_id: string;
  readonly version: string;
  readonly is_alive: number;
  readonly summary: string;
}

interface DigestRow {
  readonly trace_id: string;
  readonly version: string;
  readonly digest: string;
}

/** Reads the traces that sessions have or had, with their digests, and computes the row of each session at `nowMs`, Unix milliseconds. */
export async function computeSessions(
  connection: Connection,
  projectId: string,
  sessionIds: readonly string[],
  nowMs: number,
): Promise<Row[]> {
  const computed: Row[] = [];
  for (const ids of inChunks(sessionIds)) {
    const parameters = { project: projectId, ids };
    const ofSessions = 'session_traces FINAL WHERE project_id = {project:String} AND session_id IN {ids:Array(String)}';
    const [rows, digests] = await Promise.all([
      connection.query<SessionTraceRow>(
        `SELECT session_id, trace_id, toString(version) AS version, is_alive, summary FROM ${ofSessions}`,
        parameters,
      ),
      connection.query<DigestRow>(
        `SELECT trace_id, toString(version) AS version, digest FROM trace_digests FINAL
          WHERE project_id = {project:String} AND trace_id IN (SELECT trace_id FROM ${ofSessions})`,
        parameters,
      ),
    ]);
    const digestOf = new Map(digests.map((row) => [row.trace_id, row]));
    for (const [id, ofSession] of groupBy(rows, ({ session_id }) => session_id)) {
      computed.push(sessionRow(projectId, id, ofSession, digestOf, nowMs));
    }
  }
  return computed;
}

function sessionRow(
  projectId: string,
  sessionId: string,
  rows: readonly SessionTraceRow[],
  digestOf: ReadonlyMap<string, DigestRow>,
  nowMs: number,
): Row {
  // Of traces that have left the session or were deleted as well: it must not get smaller.
  const version = rows.reduce((sum, row) => {
    const own = BigInt(row.version);
    // The digest of a deleted trace is removed some time later.
    return sum + own + (own === DELETED ? 0n : BigInt(digestOf.get(row.trace_id)?.version ?? 0));
  }, 0n);
  const alive = rows.filter((row) => row.is_alive === 1);
  const key = { project_id: projectId, session_id: sessionId, version: String(version) };
  if (alive.length === 0) return { ...key, is_alive: 0, shown: '' };
  const facts = summariseSession(
    sessionId,
    alive.map((row) => {
      const digest = digestOf.get(row.trace_id)?.digest;
      const summary = JSON.parse(row.summary) as TraceSummary;
      return digest === undefined ? summary : { ...summary, digest: JSON.parse(digest) as TraceDigest };
    }),
    NOT_NUMBERED,
    nowMs,
  );
  const { session, costNano, hasCost, texts } = facts;
  return {
    ...{ ...key, is_alive: 1, start_ms: session.startMs, last_ms: session.lastActivityMs },
    ...{ duration_ms: session.lastActivityMs - session.startMs, cost_nano: costNano, has_cost: hasCost ? 1 : 0 },
    ...{ tokens: session.totalTokens, turns: session.turnCount, errors: session.errorCount },
    texts: [...texts].flatMap(([kind, values]) => [...values].map((value) => textKey({ kind, value }))),
    shown: JSON.stringify(session),
  };
}

/** Changes are numbered in a table of their own. */
const NOT_NUMBERED = 0;
