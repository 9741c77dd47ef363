import { inputInEvents, outputInEvents } from '../normalise/gen-ai-messages.js';
import { SpanReader } from '../normalise/span-reader.js';
import type { BodyTexts } from '../observation/observation.js';
import type { OtlpSpan } from '../otlp/otlp.js';
import { boundReader } from '../store/bound-reader.js';
import type { SessionReader } from '../store/contract.js';
import type { DigestTrace } from '../store/digests.js';
import type { LogEvent, LogEvents } from '../store/log-events.js';
import { answerIn } from './to-log-event.js';

/** Events of a span that are read; ingest takes as many of those that a span brings along. */
const MAX_EVENTS = 2_000;

/**
 * The reader, with bodies that have what logs say where the span itself says nothing. Joined when somebody reads, so it does
 * not matter which of the two came first.
 */
export function withLogWords(reader: SessionReader, logs: LogEvents): SessionReader {
  return {
    ...boundReader(reader),
    readBodies: async (projectId, of) => {
      const bodies = await reader.readBodies(projectId, of);
      const silent = of.filter((_, index) => isSilent(bodies[index] ?? null));
      if (silent.length === 0) return bodies;
      const events = await logs.readLogEvents(projectId, silent);
      const byKey = new Map(silent.map((key, index) => [key, events[index] ?? []]));
      return of.map((key, index) => joined(bodies[index] ?? null, byKey.get(key) ?? []));
    },
  };
}

/** The same for what is derived from a trace. */
export function digestWithLogWords(digestTrace: DigestTrace): DigestTrace {
  return (trace) =>
    digestTrace({
      ...trace,
      readBody: (id) => {
        const body = trace.readBody(id);
        return isSilent(body) ? joined(body, trace.readLogEvents(id)) : body;
      },
    });
}

function isSilent(body: BodyTexts | null): boolean {
  return body !== null && (body.input === null || body.output === null);
}

function joined<T extends BodyTexts>(body: T | null, events: readonly LogEvent[]): T | null {
  if (body === null || events.length === 0) return body;
  const span = new SpanReader({
    ...NO_SPAN,
    events: events.slice(0, MAX_EVENTS).map(({ name, attributes }) => ({
      ...{ name, timeUnixNano: 0n },
      attributes: new Map(Object.entries(attributes)),
    })),
  });
  return {
    ...body,
    input: body.input ?? inputInEvents(span) ?? null,
    output: body.output ?? outputInEvents(span) ?? answerIn(events),
  };
}

/** What the rules for events ask of a span beside its events. */
const NO_SPAN: OtlpSpan = {
  ...{ traceId: '', spanId: '', parentSpanId: null, name: '', startUnixNano: 0n, endUnixNano: null },
  ...{ attributes: new Map(), events: [], resource: new Map() },
  status: { code: 'unset', message: '' },
  scope: { name: '', version: '', attributes: new Map() },
};
