import { slicesOf } from '../ingest/slices.js';
import { boundPiece } from '../langfuse-batch/bound-piece.js';
import type { Cuts } from '../otlp/collector.js';
import type { IngestLimits } from '../otlp/limits.js';
import type { OtlpLogRecord } from '../otlp/log-record.js';
import type { Piece } from '../pieces/piece.js';
import type { Complete, PieceWriter } from '../store/pieces.js';
import type { AgentSessions } from './agent-sessions.js';
import { piecesOfEvent, sessionOfEvent } from './claude-code.js';
import type { LogCounts } from './take-logs.js';

interface TakeAgentEventsDeps {
  readonly pieces: PieceWriter;
  readonly limits: IngestLimits;
  readonly withCost?: Complete;
  readonly agents?: AgentSessions;
}

/** Stores what events of agents say of sessions that have no spans, counts every one of them, and gives what was stored. */
export async function takeAgentEvents(
  { pieces: writer, limits, withCost, agents }: TakeAgentEventsDeps,
  projectId: string,
  records: readonly OtlpLogRecord[],
  { counts, cuts }: { readonly counts: LogCounts; readonly cuts: Cuts },
): Promise<readonly Piece[]> {
  const bySession = new Map<string, OtlpLogRecord[]>();
  for (const record of records) {
    const sessionId = sessionOfEvent(record) ?? '';
    const known = bySession.get(sessionId);
    if (known === undefined) bySession.set(sessionId, [record]);
    else known.push(record);
  }
  const all: Piece[] = [];
  for (const [sessionId, ofSession] of bySession) {
    const isShown = agents !== undefined && !(await agents.hasSpans(projectId, sessionId));
    const pieces: Piece[] = [];
    for (const record of ofSession) {
      const said = isShown ? piecesOfEvent(record, sessionId) : [];
      counts[said.length === 0 ? 'others' : 'joined'] += 1;
      pieces.push(...said.map((piece) => boundPiece(piece, limits, cuts)));
    }
    for (const slice of slicesOf(pieces)) await writer.writePieces(projectId, slice, withCost);
    // Spans may have come meanwhile.
    if (pieces.length > 0 && (await agents?.hasSpans(projectId, sessionId)))
      await agents?.takeBack(projectId, sessionId);
    all.push(...pieces);
  }
  return all;
}
