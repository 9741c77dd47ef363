import { slicesOf } from '../ingest/slices.js';
import { boundPiece } from '../langfuse-batch/bound-piece.js';
import type { Cuts } from '../otlp/collector.js';
import type { IngestLimits } from '../otlp/limits.js';
import type { Piece } from '../pieces/piece.js';
import type { Complete, PieceWriter } from '../store/pieces.js';
import type { Agent, AgentEvent } from './agent-event.js';
import type { AgentSessions } from './agent-sessions.js';
import { type OfAgent, piecesOf } from './agents.js';
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
  events: readonly OfAgent[],
  { counts, cuts }: { readonly counts: LogCounts; readonly cuts: Cuts },
): Promise<readonly Piece[]> {
  const all: Piece[] = [];
  for (const { agent, sessionId, ofSession } of bySession(events)) {
    const canTakeBack = agent.isItsSpan === undefined || agents !== undefined;
    const isShown = canTakeBack && !(await agents?.hasSpans(agent, projectId, sessionId));
    const pieces: Piece[] = [];
    for (const event of ofSession) {
      const said = isShown ? piecesOf(agent, event) : [];
      counts[said.length === 0 ? 'others' : 'joined'] += 1;
      pieces.push(...said.map((piece) => boundPiece(piece, limits, cuts)));
    }
    for (const slice of slicesOf(pieces)) await writer.writePieces(projectId, slice, withCost);
    // Spans may have come meanwhile.
    if (pieces.length > 0 && (await agents?.hasSpans(agent, projectId, sessionId)))
      await agents?.takeBack(agent, projectId, sessionId);
    all.push(...pieces);
  }
  return all;
}

function bySession(events: readonly OfAgent[]) {
  const sessions = new Map<string, { agent: Agent; sessionId: string; ofSession: AgentEvent[] }>();
  for (const { agent, event } of events) {
    const { sessionId } = event;
    const key = `${agent.service}\0${sessionId}`;
    const known = sessions.get(key);
    if (known === undefined) sessions.set(key, { agent, sessionId, ofSession: [event] });
    else known.ofSession.push(event);
  }
  return sessions.values();
}
