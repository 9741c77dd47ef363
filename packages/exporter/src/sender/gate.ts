/** Whether requests may be sent to the server. */
export type GateState =
  /** Nothing has been sent yet. One request finds out whether the server works before others follow. */
  | { readonly kind: 'new' }
  /** Requests are sent. (As in a circuit breaker, closed means that current flows.) */
  | { readonly kind: 'closed' }
  /** The server asked for no requests before this time. */
  | { readonly kind: 'throttled'; readonly until: number }
  | { readonly kind: 'backing_off'; readonly until: number }
  /** The server does not accept the keys. */
  | { readonly kind: 'unauthorized'; readonly until: number }
  /** One request is in flight to find out whether the server works. */
  | { readonly kind: 'probing' };

export interface GateOptions {
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
/** Limit while a caller waits for a flush, who would otherwise miss the deadline. */
const MAX_BACKOFF_IN_FLUSH_MS = 2_000;
const UNAUTHORIZED_PROBE_MS = 60_000;
/** Share that is added to a Retry-After at random, so that clients which got the same time do not return together. */
const RETRY_AFTER_JITTER = 0.1;

/** `random(0, min(30 s, 0.5 s · 2^failures))`: "full jitter". */
export function backoffMs(failures: number, random: () => number, maxMs: number = MAX_BACKOFF_MS): number {
  return random() * Math.min(maxMs, FIRST_BACKOFF_MS * 2 ** Math.min(failures, 16));
}

/** The state of the server as all requests share it: what one request learns holds for the others. Every time is passed in. */
export class Gate {
  readonly #random: () => number;
  #state: GateState = { kind: 'new' };
  #failures = 0;

  constructor({ random }: GateOptions) {
    this.#random = random;
  }

  get state(): GateState {
    return this.#state;
  }

  /** How many requests may be in flight at `now`: `many`, or 1 as a probe, or 0. */
  allowance(now: number, many: number): number {
    if (this.#state.kind === 'closed') return many;
    if (this.#state.kind === 'new') return 1;
    if (this.#state.kind === 'probing') return 0;
    return now >= this.#state.until ? 1 : 0;
  }

  /** Milliseconds until a request is allowed; undefined when that does not depend on time. */
  waitMs(now: number): number | undefined {
    return 'until' in this.#state ? Math.max(0, this.#state.until - now) : undefined;
  }

  /** A request is about to be sent. */
  sending(): void {
    if (this.#state.kind !== 'closed') this.#state = { kind: 'probing' };
  }

  /** The server works: it answered, even if it refused the request. */
  answered(): void {
    this.#failures = 0;
    // A request that was in flight when the server asked for a pause does not end the pause.
    if (this.#state.kind !== 'throttled') this.#state = { kind: 'closed' };
  }

  /** The announced request was not sent, so another one may probe at once. */
  notSent(): void {
    if (this.#state.kind === 'probing') this.#state = { kind: 'backing_off', until: 0 };
  }

  /** @param retryAfterMs the server's Retry-After. Unless it is 0, it replaces our own backoff. */
  failed(now: number, retryAfterMs: number | undefined, isFlushing: boolean): void {
    if (retryAfterMs !== undefined && retryAfterMs > 0) {
      const until = now + retryAfterMs * (1 + RETRY_AFTER_JITTER * this.#random());
      this.#state = { kind: 'throttled', until: Math.max(until, this.#throttledUntil()) };
      return;
    }
    // When several requests in flight fail together, only the first counts.
    if ('until' in this.#state) return;
    const max = isFlushing ? MAX_BACKOFF_IN_FLUSH_MS : MAX_BACKOFF_MS;
    this.#state = { kind: 'backing_off', until: now + backoffMs(this.#failures, this.#random, max) };
    this.#failures += 1;
  }

  unauthorized(now: number): void {
    this.#state = { kind: 'unauthorized', until: now + UNAUTHORIZED_PROBE_MS };
  }

  /** Ends our own backoff. A pause that the server asked for stays. */
  hurry(now: number): void {
    if (this.#state.kind === 'backing_off' || this.#state.kind === 'unauthorized') {
      this.#state = { ...this.#state, until: now };
    }
  }

  #throttledUntil(): number {
    return this.#state.kind === 'throttled' ? this.#state.until : 0;
  }
}
