import { unavailable } from '../base/http-errors.js';
import type { Log } from '../base/log.js';
import type { ReadLoad, ReadRequest, Reads } from '../http/forward-reads.js';
import type { ReadChanges } from '../live/feed.js';
import { ReadSlot, type ReadSlotOptions } from './read-slot.js';
import type { AnswerStart, ReadCalls, ReadFunction } from './read-worker.js';
import { RunningReads } from './running-reads.js';
import { type Thread, ThreadDied } from './thread.js';

export interface ReadPoolOptions extends ReadSlotOptions {
  /** Workers. The first of several does nothing that is heavy. Default 2. */
  readonly size?: number;
  /** Milliseconds that a step may take, such as the making of an answer. Default 30,000. */
  readonly deadlineMs?: number;
  /** Where the reads that run are counted. Default: nobody asks. */
  readonly runningReads?: RunningReads;
}

/** Milliseconds in which a cancelled step may end by itself. */
const GRACE_MS = 1_000;
/** Milliseconds after which a client that reads no further is cut. */
const STALL_MS = 60_000;
const MAX_WAITING = 256;
/** Answers of which a worker holds the rest. */
const MAX_UNSENT = 32;
const RETRY_AFTER_S = '5';

interface Step {
  readonly isHeavy: boolean;
  /** Where it must run; null for anywhere. */
  readonly slot: ReadSlot | null;
  readonly left: AbortSignal;
  run(thread: Thread<ReadCalls>, step: number, slot: ReadSlot): Promise<void>;
  reject(error: Error): void;
}

/** Why a step has no result. */
class ReadEnded extends Error {
  override readonly name = 'ReadEnded';
}

/** Reads in a few workers, each with one step at a time. Who leaves is forgotten, and what takes too long is given up. */
export class ReadPool implements Reads {
  readonly #slots: readonly ReadSlot[];
  readonly #busy = new Set<ReadSlot>();
  readonly #waiting: Step[] = [];
  readonly #deadlineMs: number;
  readonly #running: RunningReads;
  readonly #log: Log;
  #lastStep = 0;
  #unsent = 0;

  private constructor(options: ReadPoolOptions) {
    const { size = 2, deadlineMs = 30_000, runningReads = new RunningReads(), log } = options;
    this.#running = runningReads;
    this.#deadlineMs = deadlineMs;
    this.#log = log;
    this.#slots = Array.from({ length: size }, () => new ReadSlot(options, () => this.#dispatch()));
  }

  /** Resolves when all workers answer, of which the first read opens the database. Rejects when they cannot be started. */
  static async start(options: ReadPoolOptions): Promise<ReadPool> {
    const pool = new ReadPool(options);
    try {
      await Promise.all(pool.#slots.map((slot) => slot.start()));
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  async answer(request: ReadRequest, left: AbortSignal): Promise<Response> {
    try {
      if (this.#unsent >= MAX_UNSENT) throw new ReadEnded(BUSY);
      const { isHeavy } = request;
      const { result, slot } = await this.#step({ isHeavy, slot: null, left }, (thread, step) =>
        thread.call('answer', [step, request]),
      );
      const headers = result.headers.map(([name, value]): [string, string] => [name, value]);
      return new Response(this.#body(result, slot, isHeavy, left), { status: result.status, headers });
    } catch (error) {
      const message = this.#explain(error);
      return Response.json({ message }, { status: 503, headers: { 'retry-after': RETRY_AFTER_S } });
    }
  }

  load(): ReadLoad {
    const [workers, busy] = [this.#slots.length, this.#busy.size];
    return { workers, busy, waiting: this.#waiting.length, unsent: this.#unsent };
  }

  /** Calls a function of the store's reader. Rejects as it does, or with a 503. */
  read(name: ReadFunction, args: readonly unknown[]): Promise<unknown> {
    return this.#call(false, (thread, step) => thread.call('read', [step, name, args]));
  }

  /** Rejects as the call does, or with a 503. */
  async #call<T>(isHeavy: boolean, run: (thread: Thread<ReadCalls>, step: number) => Promise<T>): Promise<T> {
    const left = new AbortController().signal;
    try {
      return (await this.#step({ isHeavy, slot: null, left }, run)).result;
    } catch (error) {
      throw error instanceof ReadEnded || error instanceof ThreadDied ? unavailable(this.#explain(error)) : error;
    }
  }

  /** In the worker that has the session in memory for its page. */
  readonly changes: ReadChanges = (...of) => this.#call(true, (thread, step) => thread.call('changes', [step, ...of]));

  async close(): Promise<void> {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(new ReadEnded('The server stops.'));
    await Promise.all(this.#slots.map((slot) => slot.close()));
  }

  /** The parts of a body, each fetched when the client has read the one before. */
  #body({ first, rest }: AnswerStart, slot: ReadSlot, isHeavy: boolean, left: AbortSignal) {
    if (first === null || rest === null) return first === null ? null : new Uint8Array(first);
    this.#unsent += 1;
    let isOpen = true;
    const end = (): void => {
      if (isOpen) this.#unsent -= 1;
      isOpen = false;
      clearTimeout(stalled);
    };
    const drop = (): void => {
      if (!isOpen) return;
      end();
      const never = new AbortController().signal;
      const dropping = { isHeavy: false, slot, left: never };
      this.#step(dropping, (thread, step) => thread.call('drop', [step, rest])).catch(() => {});
    };
    let stalled = setTimeout(() => {}, 0);
    return new ReadableStream<Uint8Array>(
      {
        start(controller) {
          controller.enqueue(first);
          stalled = setTimeout(() => {
            drop();
            controller.error(new ReadEnded('The client reads no further.'));
          }, STALL_MS).unref();
        },
        pull: async (controller) => {
          stalled.refresh();
          try {
            const { result } = await this.#step({ isHeavy, slot, left }, (thread, step) =>
              thread.call('next', [step, rest]),
            );
            if (result !== null) return controller.enqueue(result);
            end();
            controller.close();
          } catch (error) {
            drop();
            controller.error(error);
          }
        },
        cancel: drop,
      },
      { highWaterMark: 0 },
    );
  }

  #step<T>(
    { isHeavy, slot, left }: Pick<Step, 'isHeavy' | 'slot' | 'left'>,
    run: (thread: Thread<ReadCalls>, step: number) => Promise<T>,
  ): Promise<{ readonly result: T; readonly slot: ReadSlot }> {
    return new Promise((resolve, reject) => {
      if (left.aborted) return reject(new ReadEnded(LEFT));
      if (this.#waiting.length >= MAX_WAITING) return reject(new ReadEnded(BUSY));
      const step: Step = {
        ...{ isHeavy, slot, left, reject },
        run: async (thread, number, where) => {
          left.removeEventListener('abort', forget);
          resolve({ result: await run(thread, number), slot: where });
        },
      };
      const forget = () => {
        const index = this.#waiting.indexOf(step);
        if (index === -1) return;
        this.#waiting.splice(index, 1);
        reject(new ReadEnded(LEFT));
      };
      left.addEventListener('abort', forget, { once: true });
      this.#waiting.push(step);
      this.#dispatch();
    });
  }

  #dispatch(): void {
    for (const [index, slot] of this.#slots.entries()) {
      const { thread } = slot;
      if (thread === null || this.#busy.has(slot)) continue;
      const takesHeavy = index > 0 || this.#slots.length === 1;
      const next = this.#waiting.findIndex((step) => (step.slot ?? slot) === slot && (takesHeavy || !step.isHeavy));
      const [step] = next === -1 ? [] : this.#waiting.splice(next, 1);
      if (step !== undefined) void this.#run(step, slot, thread);
    }
  }

  async #run(step: Step, slot: ReadSlot, thread: Thread<ReadCalls>): Promise<void> {
    this.#lastStep = (this.#lastStep + 1) % 0x7fff_ffff || 1;
    const number = this.#lastStep;
    this.#busy.add(slot);
    this.#running.began();
    const cancel = () => slot.cancel(number);
    step.left.addEventListener('abort', cancel, { once: true });
    let grace: NodeJS.Timeout | undefined;
    const deadline = setTimeout(() => {
      step.reject(new ReadEnded(LATE));
      cancel();
      grace = setTimeout(() => {
        this.#log.error(`a read took longer than ${this.#deadlineMs / 1_000} s and was given up`);
        slot.replace();
      }, GRACE_MS);
    }, this.#deadlineMs);
    try {
      await step.run(thread, number, slot);
    } catch (error) {
      step.reject(error instanceof Error ? error : new Error(String(error)));
    } finally {
      clearTimeout(deadline);
      clearTimeout(grace);
      step.left.removeEventListener('abort', cancel);
      this.#busy.delete(slot);
      this.#running.ended();
      this.#dispatch();
    }
  }

  #explain(error: unknown): string {
    if (error instanceof ReadEnded) return error.message;
    if (error instanceof ThreadDied) return DIED;
    this.#log.error('a read failed', error);
    return DIED;
  }
}

const LEFT = 'The client has left.';
const BUSY = 'The server reads as much as it can at the moment; try again later.';
const LATE = 'The answer took too long; ask for less, or try again later.';
const DIED = 'The server could not finish this answer; ask for less, or try again.';
