import { textOf } from '../normalise/span-reader.js';
import type { OtlpLogRecord } from '../otlp/log-record.js';
import type { Piece } from '../pieces/piece.js';
import { type Agent, AgentEvent } from './agent-event.js';
import { CLAUDE_CODE } from './claude-code.js';
import { CODEX } from './codex.js';
import { GEMINI_CLI, QWEN_CODE } from './gemini-cli.js';

export interface OfAgent {
  readonly agent: Agent;
  readonly event: AgentEvent;
}

/** Agents whose sessions are shown from their log events. */
export const AGENTS: readonly Agent[] = [CLAUDE_CODE, CODEX, GEMINI_CLI, QWEN_CODE];

/** The event that a log is; undefined for any other log, and for one that is left to the span that it names. */
export function agentEventOf(record: OtlpLogRecord): OfAgent | undefined {
  const found = anyAgentEventOf(record);
  return found === undefined || isLeftToSpan(found.agent, record) ? undefined : found;
}

/** The answer that an agent's event has for the span that it names. */
export function answerForSpanOf(record: OtlpLogRecord): string | undefined {
  if (record.spanId === null) return undefined;
  const found = anyAgentEventOf(record);
  return found && isLeftToSpan(found.agent, record) ? found.agent.answerForSpan?.(found.event) : undefined;
}

function isLeftToSpan({ isItsSpan }: Agent, { spanId }: OtlpLogRecord): boolean {
  return spanId !== null && isItsSpan !== undefined;
}

function anyAgentEventOf(record: OtlpLogRecord): OfAgent | undefined {
  // The name is bare in newer versions of Claude Code, and that of a place in the source with Codex.
  const names = [record.eventName, record.attributes.get('event.name'), record.body];
  for (const agent of AGENTS) {
    const name = names.find((text) => typeof text === 'string' && text.startsWith(agent.prefix));
    if (typeof name !== 'string') continue;
    const sessionId = textOf(record.attributes.get(agent.sessionKey));
    if (sessionId === undefined) return undefined;
    return { agent, event: new AgentEvent(agent, record, { kind: name.slice(agent.prefix.length), sessionId }) };
  }
  return undefined;
}

/** What the event says; nothing where there is nothing to show of it. */
export function piecesOf(agent: Agent, event: AgentEvent): Piece[] {
  const pieces = agent.readers.get(event.kind)?.(event) ?? [];
  return pieces.filter(({ fields }) => Object.keys(fields).length > 0);
}
