import { createHash } from 'node:crypto';
import type { Json } from '@powerrag/protocol';
import { toMs } from '../normalise/otel.js';
import { countOf, textOf } from '../normalise/span-reader.js';
import { toObservationId } from '../observation/foreign-id.js';
import type { TraceAttributes } from '../observation/observation.js';
import type { OtlpLogRecord } from '../otlp/log-record.js';
import type { Piece, PieceFields } from '../pieces/piece.js';

/** An agent for the command line that tells of its sessions in OTLP log events. */
export interface Agent {
  /** Its `service.name`. */
  readonly service: string;
  /** What the names of its events begin with, with the dot. */
  readonly prefix: string;
  /** The scope of what is made of its events; that of its spans is another. */
  readonly scope: string;
  /** The attribute that has the id of the session. */
  readonly sessionKey: string;
  /** Which trace of its session the event is of: events for which it is the same are of one. */
  readonly turnOf: (event: AgentEvent) => string;
  /** What the events say, by the rest of their name. What is not here is not shown. */
  readonly readers: ReadonlyMap<string, (event: AgentEvent) => readonly Piece[]>;
  /** The answer that an event has which names a span, for that span: it has none of its own. Default: none. */
  readonly answerForSpan?: (event: AgentEvent) => string | undefined;
  /** Which spans say the same as the events do: where such a span comes, what was made of events is taken back. Default: none. */
  readonly isItsSpan?: (span: { readonly scope: string | null; readonly name: string }) => boolean;
}

export type Given<T> = { readonly [K in keyof T]: T[K] | undefined };

/** What stands in place of words that the user did not turn on. */
const REDACTED: ReadonlySet<string> = new Set(['<REDACTED>', '[REDACTED]']);

/** One event of an agent, and the pieces that it can become. */
export class AgentEvent {
  readonly kind: string;
  readonly atMs: number;
  readonly sessionId: string;
  readonly #agent: Agent;
  readonly #record: OtlpLogRecord;
  readonly #key: string;

  constructor(agent: Agent, record: OtlpLogRecord, { kind, sessionId }: { kind: string; sessionId: string }) {
    const { attributes, timeUnixNano } = record;
    this.#agent = agent;
    this.#record = record;
    this.kind = kind;
    this.sessionId = sessionId;
    this.atMs = toMs(timeUnixNano);
    this.#key = hash(`${agent.service}-event`, JSON.stringify([kind, String(timeUnixNano), [...attributes]]));
  }

  get(name: string): Json | undefined {
    return this.#record.attributes.get(name);
  }

  text(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const found = textOf(this.get(name));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Undefined where the user did not turn the words on. */
  words(...names: readonly string[]): string | undefined {
    const said = this.text(...names);
    return said === undefined || said === '' || REDACTED.has(said) ? undefined : said;
  }

  count(name: string): number | undefined {
    return countOf(this.get(name));
  }

  /** When what lasted `duration_ms` and ended with the event began. */
  get startMs(): number {
    return Math.max(this.atMs - (this.count('duration_ms') ?? 0), 0);
  }

  /** Of the trace itself: what was asked and answered. */
  ofTrace(fields: Given<PieceFields>): Piece {
    return this.#piece('trace', this.#traceId, this.atMs, fields);
  }

  /** Of a request or a call of a tool, which ended with the event and lasted `duration_ms`. */
  ofObservation(id: string, fields: Given<PieceFields>): Piece {
    return this.#piece('observation', `${this.#traceId}.${id}`, this.startMs, { endMs: this.atMs, ...fields });
  }

  /** The id that an observation of the trace is stored under. */
  observationId(id: string): string {
    return toObservationId(`${this.#traceId}.${id}`);
  }

  /** Tells it from other events where nothing else does. */
  get ownId(): string {
    return this.text('event.sequence') ?? this.#key;
  }

  get #traceId(): string {
    const { service, turnOf } = this.#agent;
    return startOfTraceIds(this.#agent, this.sessionId) + hash(`${service}-prompt`, turnOf(this)).slice(0, 16);
  }

  #piece(kind: Piece['kind'], sourceId: string, firstMs: number, fields: Given<PieceFields>): Piece {
    const { service, scope } = this.#agent;
    return {
      ...{ kind, sourceId, traceId: this.#traceId, key: this.#key },
      ...{ atMs: this.atMs, firstMs, lastMs: this.atMs },
      fields: defined({ service, scope, ...fields }),
      trace: this.#trace(),
    };
  }

  #trace(): TraceAttributes {
    const userId = this.text('user.email', 'user.id', 'user.account_uuid', 'user.account_id');
    const version = this.text('app.version');
    return { sessionId: this.sessionId, ...defined<TraceAttributes>({ userId, version }) };
  }
}

/** The first half of the id of each trace that is made of the events of a session. */
export function startOfTraceIds({ service }: Agent, sessionId: string): string {
  return hash(`${service}-session`, sessionId).slice(0, 16);
}

/** The fields that have a value. */
function defined<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

function hash(kind: string, id: string): string {
  return createHash('sha256').update(`${kind}\0${id}`).digest('hex');
}
