import { SpanAttributeKeys } from '@powerrag/protocol';
import type { Clock } from '../base/clock.js';
import { placeOf, type SamplingRules } from '../choose/sampling-rules.js';
import type { LiveTrace } from '../traces/live-trace.js';
import { type EndedSpan, type HeldSession, HeldSessions } from './held-sessions.js';

export interface SessionSamplerOptions {
  readonly rules: SamplingRules;
  readonly clock: Clock;
  /** Queues a span of a session that is sent. */
  readonly send: (span: EndedSpan) => void;
  /**
   * Called for each span that is left out.
   * @param isEarly whether its session would have waited longer, if there had been memory
   */
  readonly onLeftOut: (span: EndedSpan, isEarly: boolean) => void;
  /** Reads the trace attributes that the open spans of a trace have now. */
  readonly refresh: (trace: LiveTrace) => void;
}

/** Most sessions of which it is remembered that they are sent. */
const MAX_KEPT = 10_000;
/** Most sessions of which the place is remembered. */
const MAX_PLACES = 1_000;

/**
 * Decides for each session as a whole whether it is sent. One in the share is sent at once. The spans of another wait, in case the
 * session gets an error, a user or a tag that keeps it. A trace of which the session id has not come waits for it until the trace ends.
 */
export class SessionSampler {
  readonly #options: SessionSamplerOptions;
  readonly #held = new HeldSessions();
  /** Ids of the sessions that an error, a user or a tag keeps, oldest first. */
  readonly #kept = new Set<string>();
  /** Whether spans of a session that is not in the share may still be sent. */
  readonly #canKeep: boolean;
  #stopTimer: (() => void) | undefined;
  /** Where sessions are among all: asked for each of their spans. */
  readonly #places = new Map<string, number>();
  #isClosed = false;

  constructor(options: SessionSamplerOptions) {
    const { errors, tags, users } = options.rules;
    this.#options = options;
    this.#canKeep = errors || users.size > 0 || tags.size > 0;
  }

  /** Spans that wait for a decision, and their memory. */
  get held(): { readonly spans: number; readonly bytes: number } {
    return { spans: this.#held.spans, bytes: this.#held.bytes };
  }

  /** @param isError whether the span has the level ERROR. */
  add(span: EndedSpan, isError: boolean): void {
    if (this.#isClosed) {
      this.#options.send(span);
      return;
    }
    const { trace } = span;
    if (trace.get(SpanAttributeKeys.sessionId) === undefined && trace.open > 0) this.#options.refresh(trace);
    const sessionId = trace.get(SpanAttributeKeys.sessionId);
    const isTrace = typeof sessionId !== 'string';
    const id = isTrace ? trace.id : sessionId;
    if (!isTrace) this.#becameKnown(trace.id, id);
    if (this.#isKept(id, trace, isError)) this.#send(id, isTrace, span);
    else if (isTrace && trace.open > 0) this.#hold(id, isTrace, span);
    else if (this.#isInShare(id)) this.#send(id, isTrace, span);
    else if (this.#canKeep) this.#hold(id, isTrace, span);
    else this.#leaveOut(id, isTrace, span);
  }

  /** Decides on all that waits, by the share alone. Synchronous. */
  decideAll(): void {
    for (let oldest = this.#held.oldest; oldest; oldest = this.#held.oldest) this.#decide(oldest, false);
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  /** Decides on all that waits. From then on every span is passed on, for the sender to count it. */
  close(): void {
    this.decideAll();
    this.#isClosed = true;
  }

  #becameKnown(traceId: string, sessionId: string): void {
    if (this.#kept.has(traceId)) this.#keep(sessionId);
    this.#held.move(traceId, sessionId);
  }

  #isKept(id: string, trace: LiveTrace, isError: boolean): boolean {
    const { errors, tags, users } = this.#options.rules;
    if (this.#kept.has(id)) return true;
    const userId = trace.get(SpanAttributeKeys.userId);
    const given = tags.size === 0 ? undefined : trace.get(SpanAttributeKeys.traceTags);
    const isKept =
      (isError && errors) ||
      (typeof userId === 'string' && users.has(userId)) ||
      (Array.isArray(given) && given.some((tag) => typeof tag === 'string' && tags.has(tag)));
    if (isKept) this.#keep(id);
    return isKept;
  }

  #keep(id: string): void {
    this.#kept.add(id);
    if (this.#kept.size <= MAX_KEPT) return;
    for (const oldest of this.#kept) {
      this.#kept.delete(oldest);
      return;
    }
  }

  #isInShare(id: string): boolean {
    const { share } = this.#options.rules;
    if (share === 0) return false;
    let place = this.#places.get(id);
    if (place === undefined) {
      if (this.#places.size >= MAX_PLACES) this.#places.clear();
      place = placeOf(id);
      this.#places.set(id, place);
    }
    return place < share;
  }

  #send(id: string, isTrace: boolean, span: EndedSpan): void {
    for (const held of this.#held.take(id, isTrace)?.spans ?? []) this.#options.send(held);
    this.#options.send(span);
  }

  #leaveOut(id: string, isTrace: boolean, span: EndedSpan): void {
    for (const held of this.#held.take(id, isTrace)?.spans ?? []) this.#options.onLeftOut(held, false);
    this.#options.onLeftOut(span, false);
  }

  #hold(id: string, isTrace: boolean, span: EndedSpan): void {
    const { clock, rules } = this.#options;
    this.#held.add(id, isTrace, span, clock.now());
    for (let oldest = this.#held.oldest; oldest && this.#held.bytes > rules.maxHeldBytes; oldest = this.#held.oldest)
      this.#decide(oldest, true);
    this.#waitForOldest();
  }

  #waitForOldest(): void {
    const { clock, rules } = this.#options;
    const { oldest } = this.#held;
    if (!oldest || this.#stopTimer) return;
    this.#stopTimer = clock.after(Math.max(0, oldest.since + rules.maxHeldMs - clock.now()), () => {
      this.#stopTimer = undefined;
      const until = clock.now() - rules.maxHeldMs;
      for (let next = this.#held.oldest; next && next.since <= until; next = this.#held.oldest)
        this.#decide(next, false);
      this.#waitForOldest();
    });
  }

  /** A session that waits is not in the share, or a trace of which the session is not known. */
  #decide({ id, isTrace }: HeldSession, isEarly: boolean): void {
    const isSent = this.#isInShare(id);
    for (const span of this.#held.take(id, isTrace)?.spans ?? []) {
      if (isSent) this.#options.send(span);
      else this.#options.onLeftOut(span, isEarly);
    }
  }
}
