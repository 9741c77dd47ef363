import { Refusal } from '../otlp/refusal.js';
import { ThroughputMeter } from './throughput.js';

export interface IngestQueueOptions {
  /** A new body that would have to wait longer than these milliseconds is refused: less than the time-out of any client. Default 4,000. */
  readonly maxWaitMs?: number;
  /** Milliseconds since any fixed time. Default: a monotonic clock. */
  readonly now?: () => number;
  /** From 0 up to 1: spreads the times at which refused clients retry. Default `Math.random`. */
  readonly random?: () => number;
  /** Called when a body's turn comes, with the milliseconds that it waited. Default: not called. */
  readonly onTurn?: (waitedMs: number) => void;
}

/** How much there is to store now. */
export interface QueueLoad {
  /** Bodies that wait for their turn, and bodies that are being stored. */
  readonly waiting: number;
  readonly taken: number;
  /** Milliseconds that the first waiting body has waited; 0 if none waits. */
  readonly oldestMs: number;
}

/** Small bodies processed at the same time, so that they share a commit. */
const SMALL_AT_ONCE = 16;
/** Large bodies processed at the same time, beside small ones: each may need a lot of memory. */
const LARGE_AT_ONCE = 1;
/** Bytes as sent from which a body is large. */
const LARGE_BYTES = 4 * 1024 * 1024;
/** Compressed bytes count this many times: the inflated bytes take the time. */
const COMPRESSION = 5;
/** The fixed cost of a request, in bytes. */
const BYTES_OF_A_REQUEST = 2_048;
const MAX_RETRY_AFTER_S = 30;

/**
 * The bodies that wait to be stored, first come first served, with separate lanes for small and large ones. A body that would wait
 * too long is refused before it is read, so the server spends its time on bodies whose clients still wait for the answer: under
 * overload it acknowledges as much as at its capacity.
 */
export class IngestQueue {
  readonly #maxWaitMs: number;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #onTurn: (waitedMs: number) => void;
  readonly #meter: ThroughputMeter;
  readonly #small = new Lane(SMALL_AT_ONCE);
  readonly #large = new Lane(LARGE_AT_ONCE);

  constructor(options: IngestQueueOptions = {}) {
    const { maxWaitMs = 4_000, now = () => performance.now(), random = Math.random, onTurn = () => {} } = options;
    this.#onTurn = onTurn;
    this.#maxWaitMs = maxWaitMs;
    this.#now = now;
    this.#random = random;
    this.#meter = new ThroughputMeter(now);
  }

  get load(): QueueLoad {
    const lanes = [this.#small, this.#large];
    const since = lanes.flatMap(({ firstSinceMs }) => firstSinceMs ?? []);
    return {
      waiting: lanes.reduce((sum, lane) => sum + lane.waiting, 0),
      taken: lanes.reduce((sum, lane) => sum + lane.taken, 0),
      oldestMs: since.length === 0 ? 0 : this.#now() - Math.min(...since),
    };
  }

  /**
   * Throws a `Refusal` (503, with the seconds to wait) if a body that arrives now would wait too long. Call it before reading the
   * body.
   *
   * @param bytes of the body as sent; 0 if not known.
   */
  admit(bytes: number): void {
    const waitMs = this.#waitMs(this.#laneFor(bytes));
    if (waitMs <= this.#maxWaitMs) return;
    const seconds = Math.ceil((waitMs / 1_000) * (1 + this.#random()));
    throw new Refusal(
      503,
      'The server has more to store than it can at the moment; send this batch again later.',
      Math.min(seconds, MAX_RETRY_AFTER_S),
    );
  }

  /**
   * Runs `take` when it is the body's turn. Rejects with the refusal of `admit` if too many bodies arrived in the meantime. Rejects
   * without calling `take` if the client has disconnected: it gets no answer and sends the batch again.
   *
   * @param hasLeft whether the client has disconnected.
   */
  async run<T>(
    { bytes, encoding }: { readonly bytes: Uint8Array; readonly encoding: string },
    hasLeft: () => boolean,
    take: () => Promise<T>,
  ): Promise<T> {
    const size = bytes.byteLength;
    this.admit(size);
    const work = size * (encoding === 'identity' ? 1 : COMPRESSION) + BYTES_OF_A_REQUEST;
    const cameMs = this.#now();
    return this.#laneFor(size).run(work, this.#now, async () => {
      this.#onTurn(this.#now() - cameMs);
      if (hasLeft()) throw new Refusal(400, 'The client left before its batch was taken.');
      this.#meter.started();
      try {
        return await take();
      } finally {
        this.#meter.finished(work);
      }
    });
  }

  #laneFor(bytes: number): Lane {
    return bytes >= LARGE_BYTES ? this.#large : this.#small;
  }

  /** Estimated from the work before it and the speed so far, or from how long the first body has waited. */
  #waitMs(lane: Lane): number {
    if (lane.firstSinceMs === null) return 0;
    const lanes = [this.#small, this.#large].filter(({ work }) => work > 0).length;
    return Math.max(this.#now() - lane.firstSinceMs, this.#meter.msFor(lane.work) * lanes);
  }
}

/** Bodies of one size class: a fixed number are processed at the same time, the others wait. */
class Lane {
  readonly #atOnce: number;
  readonly #waiting: { readonly sinceMs: number; readonly start: () => void }[] = [];
  #taken = 0;
  /** Of the bodies that wait or are being processed. */
  work = 0;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** When the first waiting body arrived; null if none waits. */
  get firstSinceMs(): number | null {
    return this.#waiting[0]?.sinceMs ?? null;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get taken(): number {
    return this.#taken;
  }

  async run<T>(work: number, now: () => number, take: () => Promise<T>): Promise<T> {
    this.work += work;
    try {
      if (this.#taken < this.#atOnce) this.#taken += 1;
      else await new Promise<void>((start) => this.#waiting.push({ sinceMs: now(), start }));
      try {
        return await take();
      } finally {
        const next = this.#waiting.shift();
        // The next body takes over this slot.
        if (next === undefined) this.#taken -= 1;
        else next.start();
      }
    } finally {
      this.work -= work;
    }
  }
}
