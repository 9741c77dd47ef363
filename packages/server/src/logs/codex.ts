import { knownCounts, usageFrom } from '../normalise/usage.js';
import type { Piece, PieceFields } from '../pieces/piece.js';
import type { Agent, AgentEvent, Given } from './agent-event.js';

/**
 * OpenAI's Codex CLI: its log events tell of prompts, of answers of the model by their tokens, of results of tools, and of the
 * final answers where they are turned on. Source: its documentation, "Observability and telemetry", and its source. Nearly no event
 * says of which prompt it is: a conversation is one trace, whose turns begin with its prompts (`STATED_TURNS`). Codex's spans tell
 * of its inner workings.
 */

export const CODEX: Agent = {
  ...{ service: 'codex', prefix: 'codex.', scope: 'codex.events', sessionKey: 'conversation.id' },
  turnOf: () => '',
  readers: new Map<string, (event: AgentEvent) => readonly Piece[]>([
    ['user_prompt', (event) => stated(event, { input: event.words('prompt') })],
    ['agent_response', (event) => stated(event, { output: event.words('response') })],
    ['sse_event', streamed],
    ['websocket_event', streamed],
    ['api_request', requested],
    ['websocket_request', requested],
    ['tool_result', (event) => withTrace(event, event.text('call_id') ?? event.ownId, toolOf(event))],
  ]),
};

/** An observation of the conversation. */
function withTrace(event: AgentEvent, id: string, fields: Given<PieceFields>): readonly Piece[] {
  return [event.ofObservation(id, fields), event.ofTrace({ name: 'codex.conversation' })];
}

function stated(event: AgentEvent, words: Given<PieceFields>): readonly Piece[] {
  return withTrace(event, event.ownId, { type: 'event', name: `codex.${event.kind}`, ...words });
}

/** Of the events of a stream the one that counts tokens, and those that fail. */
function streamed(event: AgentEvent): readonly Piece[] {
  if (event.text('error.message') !== undefined) return withTrace(event, event.ownId, failed(event));
  if (event.count('input_token_count') === undefined) return [];
  return withTrace(event, event.ownId, { ...callOf(event), usage: usageOf(event), firstTokenMs: firstTokenOf(event) });
}

/** Only an event that lasted says when it began. */
function firstTokenOf(event: AgentEvent): number | undefined {
  const [firstMs = 0, durationMs = 0] = [event.count('ttft_ms'), event.count('duration_ms')];
  return firstMs > 0 && firstMs <= durationMs ? event.startMs + firstMs : undefined;
}

/** A request that succeeded is told of again, with its tokens, when its stream ends. */
function requested(event: AgentEvent): readonly Piece[] {
  const status = event.count('http.response.status_code') ?? 0;
  return event.text('error.message') !== undefined || status >= 400 ? withTrace(event, event.ownId, failed(event)) : [];
}

function callOf(event: AgentEvent): Given<PieceFields> {
  return { type: 'generation', name: 'codex.response', model: event.text('model', 'slug'), startMs: event.startMs };
}

function failed(event: AgentEvent): Given<PieceFields> {
  const statusMessage = event.text('error.message', 'http.response.status_code');
  return { ...callOf(event), level: 'ERROR', statusMessage };
}

/** As OpenAI counts. What is called the tokens of tools is the total. */
function usageOf(event: AgentEvent): PieceFields['usage'] {
  return usageFrom({
    input: event.count('input_token_count'),
    output: event.count('output_token_count'),
    inputParts: knownCounts({
      input_cached_tokens: event.count('cached_token_count'),
      input_cache_creation: event.count('cache_write_token_count') || undefined,
    }),
    outputParts: knownCounts({ output_reasoning_tokens: event.count('reasoning_token_count') }),
  });
}

function toolOf(event: AgentEvent): Given<PieceFields> {
  const output = event.words('output');
  return {
    ...{ type: 'tool', name: event.text('tool_name'), startMs: event.startMs },
    input: event.words('arguments'),
    output,
    ...(event.text('success') === 'false' ? { level: 'ERROR', statusMessage: output?.slice(0, 1_000) } : {}),
  };
}
