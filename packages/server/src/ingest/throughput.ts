/** Assumed speed before anything was stored, in bytes per millisecond. */
const FIRST_GUESS = 4_000;
/** Milliseconds of work after which past work counts half. */
const HALF_LIFE_MS = 5_000;

/** Measures work per busy time; idle time does not count. */
export class ThroughputMeter {
  readonly #now: () => number;
  #running = 0;
  #sinceMs = 0;
  #busyMs = 500;
  #bytes = 500 * FIRST_GUESS;

  constructor(now: () => number) {
    this.#now = now;
  }

  started(): void {
    this.#countTime();
    this.#running += 1;
  }

  finished(bytes: number): void {
    this.#countTime();
    this.#running -= 1;
    this.#bytes += bytes;
  }

  /** Milliseconds that this much work would take. */
  msFor(bytes: number): number {
    this.#countTime();
    return (bytes * this.#busyMs) / Math.max(this.#bytes, 1);
  }

  #countTime(): void {
    const now = this.#now();
    if (this.#running > 0) {
      const passed = now - this.#sinceMs;
      const kept = 0.5 ** (passed / HALF_LIFE_MS);
      this.#busyMs = this.#busyMs * kept + passed;
      this.#bytes *= kept;
    }
    this.#sinceMs = now;
  }
}
