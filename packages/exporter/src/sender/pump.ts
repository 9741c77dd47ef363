import type { Clock } from '../base/clock.js';
import type { Batch } from '../queue/batch.js';
import type { BatchBuilder } from '../queue/batch-builder.js';
import type { BatchMemory } from '../queue/batch-memory.js';
import type { BatchQueue } from '../queue/batch-queue.js';
import type { BatchSpooler } from '../queue/batch-spooler.js';
import type { FlushWaiters } from './flush-waiters.js';
import type { Gate } from './gate.js';

/** The parts of a sender that its pump and its outcomes share. */
export interface SenderParts {
  readonly builder: BatchBuilder;
  readonly spooler: BatchSpooler;
  readonly waiting: BatchQueue;
  readonly inFlight: Set<Batch>;
  readonly memory: BatchMemory;
  readonly gate: Gate;
  readonly waiters: FlushWaiters;
}

export interface PumpOptions {
  readonly clock: Clock;
  /** Most requests in flight. */
  readonly maxInFlight: number;
  /** Starts the request of a batch that is in `inFlight`. */
  readonly send: (batch: Batch) => void;
}

/** Decides when a batch is built and which one is sent next. It sleeps until something can be done. */
export class Pump {
  readonly #parts: SenderParts;
  readonly #options: PumpOptions;
  #isRecoveredTurn = true;
  #isScheduled = false;
  #wakesAt = Number.POSITIVE_INFINITY;
  #cancelWake: (() => void) | undefined;
  #isStopped = false;

  constructor(parts: SenderParts, options: PumpOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Clock time of its timer; Infinity when none is set. */
  get wakesAt(): number {
    return this.#wakesAt;
  }

  /** Runs in the next turn of the event loop. */
  soon(): void {
    if (this.#isScheduled || this.#isStopped) return;
    this.#isScheduled = true;
    this.#options.clock.soon(() => {
      this.#isScheduled = false;
      this.#run();
    });
  }

  /** Runs after `ms` milliseconds, unless it is set to run earlier. */
  in(ms: number): void {
    const { clock } = this.#options;
    const at = clock.now() + ms;
    if (this.#isStopped || this.#wakesAt <= at) return;
    this.#cancelWake?.();
    this.#wakesAt = at;
    this.#cancelWake = clock.after(ms, () => {
      this.#cancelWake = undefined;
      this.#wakesAt = Number.POSITIVE_INFINITY;
      this.#run();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelWake?.();
  }

  /** Builds a batch, writes it to the spool if there is one, and lets it wait. Returns false when no span is queued. */
  build(): boolean {
    const { builder, spooler, waiting } = this.#parts;
    const batch = builder.build();
    if (batch) waiting.add(spooler.canWrite ? spooler.write(batch) : batch);
    return batch !== undefined;
  }

  /** Builds and sends at most one batch, to keep each turn of the event loop short, and schedules the next run. */
  #run(): void {
    if (this.#isStopped) return;
    const { builder, gate, inFlight, memory, spooler, waiting } = this.#parts;
    const now = this.#options.clock.now();
    waiting.restore();
    // Writing to the spool does not depend on the gate.
    if (spooler.canWrite && this.#isDue(now)) {
      this.build();
      this.soon();
    }
    const isOpen = inFlight.size < gate.allowance(now, this.#wantedInFlight());
    const batch = isOpen ? this.#next(now) : undefined;
    // One request is always allowed. A batch that is put back comes next, when a request has been answered.
    const hasRoom = !batch || inFlight.size === 0 || memory.hasRoomFor(batch.bytesToLoad, builder.bytes);
    if (batch && !hasRoom) waiting.putBack([batch]);
    else if (batch) {
      gate.sending();
      inFlight.add(batch);
      this.#options.send(batch);
      this.soon();
      return;
    }
    const gateMs = gate.waitMs(now);
    if (!isOpen && gateMs !== undefined && gateMs > 0) this.in(gateMs);
    const dueInMs = isOpen || spooler.canWrite ? builder.dueInMs(now) : undefined;
    if (dueInMs !== undefined) this.in(dueInMs);
  }

  /** One request at a time while the server keeps up, and one more for each batch that waits. */
  #wantedInFlight(): number {
    const { builder, spooler, waiting } = this.#parts;
    const recovered = spooler.hasRecovered ? 1 : 0;
    return Math.min(this.#options.maxInFlight, 1 + Math.floor(builder.queuedBatches) + waiting.length + recovered);
  }

  /** Retries come first. Then new batches and those of an earlier process take turns. */
  #next(now: number): Batch | undefined {
    const { spooler, waiters, waiting } = this.#parts;
    if (waiting.hasReturned) return waiting.take();
    if (spooler.hasRecovered && this.#isRecoveredTurn && waiters.size === 0) return this.#takeRecovered(now);
    if (waiting.length === 0 && this.#isDue(now)) this.build();
    this.#isRecoveredTurn = true;
    return waiting.take() ?? this.#takeRecovered(now);
  }

  #takeRecovered(now: number): Batch | undefined {
    this.#isRecoveredTurn = false;
    return this.#parts.spooler.takeRecovered(now);
  }

  #isDue(now: number): boolean {
    return this.#parts.builder.isDue(now, this.#parts.waiters.size > 0);
  }
}
