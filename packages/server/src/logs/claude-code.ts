import { createHash } from 'node:crypto';
import type { Json } from '@powerrag/protocol';
import { toMs } from '../normalise/otel.js';
import { countOf, textOf } from '../normalise/span-reader.js';
import { knownCounts, usageFrom } from '../normalise/usage.js';
import type { TraceAttributes } from '../observation/observation.js';
import type { OtlpLogRecord } from '../otlp/log-record.js';
import type { Piece, PieceFields } from '../pieces/piece.js';

/**
 * Claude Code without its spans, which are a beta: its log events tell of prompts, requests to the model, their answers and
 * results of tools. Source: its documentation, "Monitoring usage". A prompt is a trace, whose events have its `prompt.id`.
 */

const PREFIX = 'claude_code.';

/** The scope of what is made of events; that of Claude Code's spans is another. */
export const SCOPE = 'claude_code.events';

/** What stands in place of words that the user did not turn on. */
const REDACTED = '<REDACTED>';

/** Answers of the conversation itself; others are titles, suggestions, summaries and those of sub-agents. */
const OF_THE_CONVERSATION = /^(?:repl_main_thread|sdk|main)/;

/** The session that an event of Claude Code is of; undefined for any other log, and for one that belongs to a span. */
export function sessionOfEvent(record: OtlpLogRecord): string | undefined {
  if (record.spanId !== null || kindOf(record) === undefined) return undefined;
  return textOf(record.attributes.get('session.id'));
}

/** The first half of the id of each trace that is made of the events of a session. */
export function startOfTraceIds(sessionId: string): string {
  return hash('claude-code-session', sessionId).slice(0, 16);
}

/** What the event says; nothing where there is nothing to show of it. */
export function piecesOfEvent(record: OtlpLogRecord, sessionId: string): Piece[] {
  const kind = kindOf(record);
  const read = kind === undefined ? undefined : READERS.get(kind);
  if (read === undefined) return [];
  const event = new Event(record, sessionId);
  return read(event).filter((piece) => Object.keys(piece.fields).length > 0);
}

/** The name is bare in newer versions, where the body has it whole. */
function kindOf({ eventName, body }: OtlpLogRecord): string | undefined {
  const name = [eventName, body].find((text) => typeof text === 'string' && text.startsWith(PREFIX));
  return typeof name === 'string' ? name.slice(PREFIX.length) : undefined;
}

/** One event, and the pieces that it can become. */
class Event {
  readonly atMs: number;
  readonly #record: OtlpLogRecord;
  readonly #sessionId: string;
  readonly #traceId: string;
  readonly #key: string;

  constructor(record: OtlpLogRecord, sessionId: string) {
    const { attributes, timeUnixNano } = record;
    this.#record = record;
    this.#sessionId = sessionId;
    this.atMs = toMs(timeUnixNano);
    this.#traceId = startOfTraceIds(sessionId) + hash('claude-code-prompt', this.text('prompt.id') ?? '').slice(0, 16);
    this.#key = hash('claude-code-event', JSON.stringify([kindOf(record), String(timeUnixNano), [...attributes]]));
  }

  get(name: string): Json | undefined {
    return this.#record.attributes.get(name);
  }

  text(name: string): string | undefined {
    return textOf(this.get(name));
  }

  /** Undefined where the user did not turn the words on. */
  words(name: string): string | undefined {
    const said = this.text(name);
    return said === REDACTED ? undefined : said;
  }

  count(name: string): number | undefined {
    return countOf(this.get(name));
  }

  /** Of the trace itself: what was asked and answered. */
  ofTrace(fields: Given<PieceFields>): Piece {
    return this.#piece('trace', this.#traceId, this.atMs, {
      name: 'claude_code.interaction',
      scope: SCOPE,
      ...fields,
    });
  }

  /** Of a request or a call of a tool, which ended with the event and lasted `duration_ms`. */
  ofObservation(id: string, fields: Given<PieceFields>): Piece {
    const startMs = this.atMs - (this.count('duration_ms') ?? 0);
    return this.#piece('observation', `${this.#traceId}.${id}`, startMs, {
      scope: SCOPE,
      endMs: this.atMs,
      ...fields,
    });
  }

  /** Tells it from other events where nothing else does. */
  get ownId(): string {
    return this.text('event.sequence') ?? this.#key;
  }

  #piece(kind: Piece['kind'], sourceId: string, firstMs: number, fields: Given<PieceFields>): Piece {
    return {
      ...{ kind, sourceId, traceId: this.#traceId, key: this.#key },
      ...{ atMs: this.atMs, firstMs: Math.max(firstMs, 0), lastMs: this.atMs },
      fields: defined({ service: 'claude-code', ...fields }),
      trace: this.#trace(),
    };
  }

  #trace(): TraceAttributes {
    const userId = this.text('user.email') ?? this.text('user.id') ?? this.text('user.account_uuid');
    const version = this.text('app.version');
    return { sessionId: this.#sessionId, ...defined<TraceAttributes>({ userId, version }) };
  }
}

type Given<T> = { readonly [K in keyof T]: T[K] | undefined };

const READERS: ReadonlyMap<string, (event: Event) => Piece[]> = new Map<string, (event: Event) => Piece[]>([
  ['user_prompt', (event) => [event.ofTrace({ input: event.words('prompt') })]],
  ['api_request', (event) => [event.ofObservation(requestId(event), { ...requestOf(event), endMs: event.atMs })]],
  ['api_error', (event) => [event.ofObservation(requestId(event), errorOf(event))]],
  ['assistant_response', answerOf],
  ['tool_result', (event) => [event.ofObservation(event.text('tool_use_id') ?? event.ownId, toolOf(event))]],
]);

function requestId(event: Event): string {
  return event.text('request_id') ?? event.text('client_request_id') ?? event.ownId;
}

function requestOf(event: Event): Given<PieceFields> {
  const micros = event.count('cost_usd_micros');
  const cost = micros === undefined ? event.count('cost_usd') : micros / 1_000_000;
  return {
    ...callOf(event),
    startMs: event.atMs - (event.count('duration_ms') ?? 0),
    usage: usageOf(event),
    cost: cost === undefined ? undefined : { total: cost },
  };
}

function callOf(event: Event): Given<PieceFields> {
  return { type: 'generation', name: 'claude_code.llm_request', model: event.text('model'), provider: 'anthropic' };
}

/** As Anthropic counts: the cache beside the input. */
function usageOf(event: Event): PieceFields['usage'] {
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

function errorOf(event: Event): Given<PieceFields> {
  return { ...callOf(event), level: 'ERROR', statusMessage: event.text('error') ?? event.text('status_code') };
}

/** Words of a request, and where it is one of the conversation the answer to the prompt: the last of several is. */
function answerOf(event: Event): Piece[] {
  const output = event.words('response');
  if (output === undefined) return [];
  const source = event.text('query_source');
  const isAnswer = source === undefined || OF_THE_CONVERSATION.test(source);
  const ofRequest = event.ofObservation(requestId(event), { ...callOf(event), output, endMs: undefined });
  return isAnswer ? [ofRequest, event.ofTrace({ output })] : [ofRequest];
}

function toolOf(event: Event): Given<PieceFields> {
  const failed = event.text('success')?.toLowerCase() === 'false';
  return {
    type: 'tool',
    name: event.text('tool_name'),
    startMs: event.atMs - (event.count('duration_ms') ?? 0),
    input: event.words('tool_input') ?? event.words('tool_parameters'),
    ...(failed ? { level: 'ERROR', statusMessage: event.text('error') ?? event.text('error_type') } : {}),
  };
}

/** The fields that have a value. */
function defined<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

function hash(kind: string, id: string): string {
  return createHash('sha256').update(`${kind}\0${id}`).digest('hex');
}
