import { knownCounts, usageFrom } from '../normalise/usage.js';
import type { Piece, PieceFields } from '../pieces/piece.js';
import type { Agent, AgentEvent, Given } from './agent-event.js';

/**
 * Claude Code without its spans, which are a beta: its log events tell of prompts, requests to the model, their answers and
 * results of tools. Source: its documentation, "Monitoring usage". A prompt is a trace, whose events have its `prompt.id`.
 */

const SCOPE = 'claude_code.events';

/** Answers of the conversation itself; others are titles, suggestions, summaries and those of sub-agents. */
const OF_THE_CONVERSATION = /^(?:repl_main_thread|sdk|main)/;

const READERS: Agent['readers'] = new Map<string, (event: AgentEvent) => Piece[]>([
  ['user_prompt', (event) => [ofPrompt(event, { input: event.words('prompt') })]],
  ['api_request', (event) => [event.ofObservation(requestId(event), { ...requestOf(event), endMs: event.atMs })]],
  ['api_error', (event) => [event.ofObservation(requestId(event), errorOf(event))]],
  ['assistant_response', answerOf],
  ['tool_result', (event) => [event.ofObservation(event.text('tool_use_id') ?? event.ownId, toolOf(event))]],
]);

export const CLAUDE_CODE: Agent = {
  service: 'claude-code',
  prefix: 'claude_code.',
  scope: SCOPE,
  sessionKey: 'session.id',
  turnOf: (event) => event.text('prompt.id') ?? '',
  readers: READERS,
  answerForSpan,
  isItsSpan: ({ scope, name }) =>
    scope === 'com.anthropic.claude_code.tracing' || (name.startsWith('claude_code.') && scope !== SCOPE),
};

function ofPrompt(event: AgentEvent, fields: Given<PieceFields>): Piece {
  return event.ofTrace({ name: 'claude_code.interaction', ...fields });
}

function requestId(event: AgentEvent): string {
  return namedRequest(event) ?? event.ownId;
}

function namedRequest(event: AgentEvent): string | undefined {
  return event.text('request_id', 'client_request_id');
}

function requestOf(event: AgentEvent): Given<PieceFields> {
  const micros = event.count('cost_usd_micros');
  const cost = micros === undefined ? event.count('cost_usd') : micros / 1_000_000;
  return {
    ...callOf(event),
    startMs: event.startMs,
    usage: usageOf(event),
    cost: cost === undefined ? undefined : { total: cost },
  };
}

function callOf(event: AgentEvent): Given<PieceFields> {
  return { type: 'generation', name: 'claude_code.llm_request', model: event.text('model'), provider: 'anthropic' };
}

/** As Anthropic counts: the cache beside the input. */
function usageOf(event: AgentEvent): PieceFields['usage'] {
  return usageFrom({
    input: event.count('input_tokens'),
    output: event.count('output_tokens'),
    inputParts: new Map(),
    outputParts: new Map(),
    inputBeside: knownCounts({
      input_cached_tokens: event.count('cache_read_tokens'),
      input_cache_creation: event.count('cache_creation_tokens'),
    }),
  });
}

function errorOf(event: AgentEvent): Given<PieceFields> {
  return { ...callOf(event), level: 'ERROR', statusMessage: event.text('error') ?? event.text('status_code') };
}

/**
 * The answer to the prompt that an event has which names a span: the span is of the interaction, and has no answer of its own.
 * Undefined for any other event.
 */
function answerForSpan(event: AgentEvent): string | undefined {
  return event.kind === 'assistant_response' && isOfConversation(event) ? event.words('response') : undefined;
}

function isOfConversation(event: AgentEvent): boolean {
  const source = event.text('query_source');
  return source === undefined || OF_THE_CONVERSATION.test(source);
}

/**
 * Words of a request, and where it is one of the conversation the answer to the prompt: the last of several is. An answer that
 * names no request, which gateways leave out, is that of the prompt alone: its request is told of by itself.
 */
function answerOf(event: AgentEvent): Piece[] {
  const output = event.words('response');
  if (output === undefined) return [];
  const ofRequest = event.ofObservation(requestId(event), { ...callOf(event), output, endMs: undefined });
  if (!isOfConversation(event)) return [ofRequest];
  const ofTurn = ofPrompt(event, { output });
  return namedRequest(event) === undefined ? [ofTurn] : [ofRequest, ofTurn];
}

function toolOf(event: AgentEvent): Given<PieceFields> {
  const failed = event.text('success')?.toLowerCase() === 'false';
  return {
    type: 'tool',
    name: event.text('tool_name'),
    startMs: event.startMs,
    input: event.words('tool_input') ?? event.words('tool_parameters'),
    ...(failed ? { level: 'ERROR', statusMessage: event.text('error') ?? event.text('error_type') } : {}),
  };
}
