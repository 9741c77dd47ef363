import type { QueuedBytes, QueuedSpan } from '../queue/span-queue.js';

/** A span that has ended, before it is queued. */
export type EndedSpan = Omit<QueuedSpan, 'at' | 'order'>;

/** The spans of one session that wait for a decision; of one trace, as long as its session is not known. */
export interface HeldSession {
  readonly id: string;
  /** Whether the session id may still come. */
  readonly isTrace: boolean;
  readonly spans: EndedSpan[];
  bytes: number;
  /** Clock time of the first span, in milliseconds. */
  readonly since: number;
}

/** Memory of a held span in addition to its bytes. */
const OVERHEAD_BYTES = 256;

/** Spans that wait for a decision on their session, the session that has waited longest first. */
export class HeldSessions {
  readonly #sessions = new Map<string, HeldSession>();
  #spans = 0;
  #bytes = 0;

  get spans(): number {
    return this.#spans;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get oldest(): HeldSession | undefined {
    for (const session of this.#sessions.values()) return session;
    return undefined;
  }

  add(id: string, isTrace: boolean, span: EndedSpan, now: number): void {
    const key = keyOf(id, isTrace);
    const session = this.#sessions.get(key) ?? { id, isTrace, spans: [], bytes: 0, since: now };
    this.#sessions.set(key, session);
    this.#put(session, { ...span, bytes: copied(span.bytes) });
  }

  /** Moves the spans of a trace to the session that the trace turned out to belong to. */
  move(traceId: string, sessionId: string): void {
    const trace = this.take(traceId, true);
    if (!trace) return;
    const key = keyOf(sessionId, false);
    const session = this.#sessions.get(key) ?? { ...trace, id: sessionId, isTrace: false, spans: [], bytes: 0 };
    this.#sessions.set(key, session);
    for (const span of trace.spans) this.#put(session, span);
  }

  /** Takes the spans of a session out. */
  take(id: string, isTrace: boolean): HeldSession | undefined {
    const key = keyOf(id, isTrace);
    const session = this.#sessions.get(key);
    if (!session) return undefined;
    this.#sessions.delete(key);
    this.#spans -= session.spans.length;
    this.#bytes -= session.bytes;
    return session;
  }

  #put(session: HeldSession, span: EndedSpan): void {
    const bytes = span.bytes.length + OVERHEAD_BYTES;
    session.spans.push(span);
    session.bytes += bytes;
    this.#spans += 1;
    this.#bytes += bytes;
  }
}

/** An id of a session may look like one of a trace. */
function keyOf(id: string, isTrace: boolean): string {
  return `${isTrace ? 'trace' : 'session'} ${id}`;
}

/** In memory of its own: held for long, a span would keep all the memory that it shares with others. */
function copied(bytes: QueuedBytes): QueuedBytes {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own, 0);
  bytes.free();
  return { length: own.length, copy: (target, at) => own.copy(target, at), free() {} };
}
