/** Whether requests may go to the endpoint. One gate for all of them: what one request learns holds for the others. */
export type GateState =
  /** Nothing has been sent yet: one request finds out how the endpoint is, before others add to what it may not want. */
  | { readonly kind: 'new' }
  /** Requests flow. */
  | { readonly kind: 'closed' }
  /** The server named a time before which it wants no request. */
  | { readonly kind: 'throttled'; readonly until: number }
  | { readonly kind: 'backing_off'; readonly until: number }
  /** The server does not accept the keys. */
  | { readonly kind: 'unauthorized'; readonly until: number }
  /** One request is on its way to find out whether the endpoint works again. */
  | { readonly kind: 'probing' };

export interface GateOptions {
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
/** While somebody waits for a flush, longer waits would only make them miss their deadline. */
const MAX_BACKOFF_IN_A_HURRY_MS = 2_000;
const UNAUTHORIZED_PROBE_MS = 60_000;
/** On top of a Retry-After, so that those who were told the same time do not come back at the same time. */
const RETRY_AFTER_JITTER = 0.1;

/** `random(0, min(30 s, 0.5 s · 2^failures))`: "full jitter". */
export function backoffMs(failures: number, random: () => number, maxMs: number = MAX_BACKOFF_MS): number {
  return random() * Math.min(maxMs, FIRST_BACKOFF_MS * 2 ** Math.min(failures, 16));
}

/** A pure state machine; every time is passed in. */
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

  /** How many requests may be in flight at `now`: `many`, or 1 to probe with, or 0. */
  allowance(now: number, many: number): number {
    if (this.#state.kind === 'closed') return many;
    if (this.#state.kind === 'new') return 1;
    if (this.#state.kind === 'probing') return 0;
    return now >= this.#state.until ? 1 : 0;
  }

  /** Milliseconds until the gate may let something through again; undefined when that does not depend on time. */
  waitMs(now: number): number | undefined {
    return 'until' in this.#state ? Math.max(0, this.#state.until - now) : undefined;
  }

  /** A request is about to be sent. */
  sending(): void {
    if (this.#state.kind !== 'closed') this.#state = { kind: 'probing' };
  }

  /** The server answered sensibly, whatever it thought of the request. */
  answered(): void {
    this.#failures = 0;
    // A request that was on its way already when the server asked for a pause does not end the pause.
    if (this.#state.kind !== 'throttled') this.#state = { kind: 'closed' };
  }

  /** Nothing was sent after all: another request may probe, at once. */
  notSent(): void {
    if (this.#state.kind === 'probing') this.#state = { kind: 'backing_off', until: 0 };
  }

  /** @param retryAfterMs what the server asked for: it is waited instead of a time of our own, unless it is 0. */
  failed(now: number, retryAfterMs: number | undefined, inAHurry: boolean): void {
    if (retryAfterMs !== undefined && retryAfterMs > 0) {
      const until = now + retryAfterMs * (1 + RETRY_AFTER_JITTER * this.#random());
      this.#state = { kind: 'throttled', until: Math.max(until, this.#throttledUntil()) };
      return;
    }
    // Of several requests in flight that fail together, only the first says something new.
    if ('until' in this.#state) return;
    const max = inAHurry ? MAX_BACKOFF_IN_A_HURRY_MS : MAX_BACKOFF_MS;
    this.#state = { kind: 'backing_off', until: now + backoffMs(this.#failures, this.#random, max) };
    this.#failures += 1;
  }

  unauthorized(now: number): void {
    this.#state = { kind: 'unauthorized', until: now + UNAUTHORIZED_PROBE_MS };
  }

  /** Cuts a wait of our own choice short. A wait that the server asked for stands. */
  hurry(now: number): void {
    if (this.#state.kind === 'backing_off' || this.#state.kind === 'unauthorized') {
      this.#state = { ...this.#state, until: now };
    }
  }

  #throttledUntil(): number {
    return this.#state.kind === 'throttled' ? this.#state.until : 0;
  }
}
