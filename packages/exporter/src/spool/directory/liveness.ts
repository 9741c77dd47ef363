import type { Clock } from '../../base/clock.js';
import type { Entry } from './directory.js';
import { type Holder, isSame, stateOf } from './owner.js';

/** A holder whose heartbeat has stood still for so long has ended. */
const STALE_MS = 60_000;
/** A heartbeat older than this need not be watched first. Far above what clocks of two hosts differ by. */
const LONG_AGO_MS = 10 * 60_000;

/** Tells which holders have ended: by their process where it can be seen from here, by their heartbeat otherwise. */
export class Liveness {
  readonly #here: Holder;
  readonly #clock: Clock;
  /** When each heartbeat that has to be watched was last seen to move, by origin. */
  readonly #watched = new Map<string, { readonly heartbeatMs: number; readonly since: number }>();

  constructor(here: Holder, clock: Clock) {
    this.#here = here;
    this.#clock = clock;
  }

  /** Has to be asked again and again where only the heartbeat can tell. */
  hasEnded({ heartbeatMs, holder, origin }: Entry): boolean {
    if (!holder) return true;
    if (isSame(holder, this.#here)) return false;
    const state = stateOf(holder, this.#here);
    if (state !== 'unknown') return state === 'ended';
    const isThreadHere = holder.space === this.#here.space;
    if (!isThreadHere && this.#clock.wallNow() - heartbeatMs > LONG_AGO_MS) return true;
    const watched = this.#watched.get(origin);
    if (watched?.heartbeatMs === heartbeatMs) return this.#clock.now() - watched.since >= STALE_MS;
    this.#watched.set(origin, { heartbeatMs, since: this.#clock.now() });
    return false;
  }

  /** Only these are there still. */
  forgetAllBut(origins: ReadonlySet<string>): void {
    for (const origin of this.#watched.keys()) if (!origins.has(origin)) this.#watched.delete(origin);
  }
}
