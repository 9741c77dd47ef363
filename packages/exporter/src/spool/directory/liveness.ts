import type { Clock } from '../../base/clock.js';
import type { Entry } from './directory.js';
import { type Holder, isSame, stateOf } from './owner.js';

/** Age of a heartbeat after which its holder is considered ended. */
const STALE_MS = 60_000;
/** A heartbeat older than this is not watched first. Far more than the clocks of two hosts differ. */
const LONG_AGO_MS = 10 * 60_000;

/** Decides which holders have ended: by their process if it is visible from here, otherwise by their heartbeat. */
export class Liveness {
  readonly #here: Holder;
  readonly #clock: Clock;
  /** The last change of each watched heartbeat, by origin. */
  readonly #watched = new Map<string, { readonly heartbeatMs: number; readonly since: number }>();

  constructor(here: Holder, clock: Clock) {
    this.#here = here;
    this.#clock = clock;
  }

  /** Call it repeatedly: if only the heartbeat can tell, the first call starts watching it. */
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

  /** Stops watching all other origins. */
  forgetAllBut(origins: ReadonlySet<string>): void {
    for (const origin of this.#watched.keys()) if (!origins.has(origin)) this.#watched.delete(origin);
  }
}
