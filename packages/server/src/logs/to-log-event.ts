import { createHash } from 'node:crypto';
import type { Json } from '@powerrag/protocol';
import { toMs } from '../normalise/otel.js';
import type { OtlpLogRecord } from '../otlp/log-record.js';
import type { LogEvent } from '../store/log-events.js';

/** Semantic conventions for GenAI, `gen-ai-events`: all words in one event, and one event for each message before that. */
const DETAILS = 'gen_ai.client.inference.operation.details';
const MESSAGE_EVENTS: ReadonlySet<string> = new Set([
  'gen_ai.system.message',
  'gen_ai.user.message',
  'gen_ai.assistant.message',
  'gen_ai.tool.message',
  'gen_ai.choice',
]);

/** The answer of an agent to a prompt, for the span of the interaction. Named by us: GenAI has no event of a whole agent. */
const AGENT_ANSWER = 'powerrag.agent.answer';

/** The record as one that says the answer of the span it names. */
export function withAnswer(record: OtlpLogRecord, answer: string): OtlpLogRecord {
  return { ...record, eventName: AGENT_ANSWER, attributes: new Map([['answer', answer]]), body: null };
}

/** The last of the answers that the events of a span say. */
export function answerIn(events: readonly Pick<LogEvent, 'name' | 'attributes'>[]): string | null {
  const answer = events.findLast(({ name }) => name === AGENT_ANSWER)?.attributes.answer;
  return typeof answer === 'string' ? answer : null;
}

/** Whether the log is an event that holds words of a model call. */
export function hasWords({ eventName }: OtlpLogRecord): boolean {
  return eventName === DETAILS || eventName === AGENT_ANSWER || MESSAGE_EVENTS.has(eventName);
}

/** Turns the records of one request into events of their spans. */
export class LogEventReader {
  readonly #seen = new Map<string, number>();
  #place = 0;

  read(record: OtlpLogRecord, { traceId, spanId }: { readonly traceId: string; readonly spanId: string }): LogEvent {
    const attributes = attributesOf(record);
    const { eventName: name, timeUnixNano } = record;
    const text = JSON.stringify([traceId, spanId, name, String(timeUnixNano), attributes]);
    const hash = createHash('sha256').update(text).digest('base64url');
    // A conversation may hold the same words twice, and a clock may stand still meanwhile.
    const times = (this.#seen.get(hash) ?? 0) + 1;
    this.#seen.set(hash, times);
    this.#place += 1;
    return {
      traceId,
      id: spanId,
      key: `${hash}.${times}`,
      place: this.#place,
      name,
      timeMs: toMs(timeUnixNano),
      attributes,
    };
  }
}

/** What an event says: the body of a message event is the message, that of any other holds what newer ones have as attributes. */
export function attributesOf({ eventName, attributes, body }: OtlpLogRecord): Readonly<Record<string, Json>> {
  const own: Readonly<Record<string, Json>> = Object.fromEntries(attributes);
  if (body === null) return own;
  if (MESSAGE_EVENTS.has(eventName)) return { ...own, 'gen_ai.event.content': body };
  return isObject(body) ? { ...body, ...own } : own;
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
