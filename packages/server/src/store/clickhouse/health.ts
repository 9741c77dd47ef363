import type { Log } from '../../base/log.js';
import type { FailureKind } from './failures.js';

/** Milliseconds after which the same is said again in the log, and after which a trouble is looked at again. */
const SAY_AGAIN_MS = 60_000;
const LOOK_AGAIN_MS = 2_000;

interface Trouble {
  readonly message: string;
  readonly kind: FailureKind;
  readonly what: string | null;
}

export interface HealthOptions {
  readonly log: Log;
  /** `host:port` of the server, for the log. */
  readonly where: string;
  /** Milliseconds now. */
  readonly now: () => number;
}

/** What is known of the server from how the last statements ended. Says in the log when that changes. */
export class Health {
  readonly #options: HealthOptions;
  #trouble: Trouble | null = null;
  #said = { message: '', atMs: Number.NEGATIVE_INFINITY };
  #lookedAtMs: number;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#lookedAtMs = options.now();
  }

  /** @param what was done: the name of the table that was written to, or null for a query. */
  succeeded(what: string | null): void {
    this.#lookedAtMs = this.#options.now();
    if (this.#trouble === null || (this.#trouble.kind !== 'connection' && this.#trouble.what !== what)) return;
    this.#trouble = null;
    this.#said = { message: '', atMs: Number.NEGATIVE_INFINITY };
    this.#options.log.info(`ClickHouse at ${this.#options.where} works again`);
  }

  failed(message: string, kind: FailureKind, what: string | null): void {
    this.#lookedAtMs = this.#options.now();
    if (what !== null || kind === 'connection') this.#trouble = { message, kind, what };
    const { message: last, atMs } = this.#said;
    if (message === last && this.#options.now() - atMs < SAY_AGAIN_MS) return;
    this.#said = { message, atMs: this.#options.now() };
    this.#options.log.error(`${this.#options.where}: ${message} Clients are told to come back`);
  }

  /**
   * Why nothing can be stored now; null when all is well.
   *
   * @param look asks the server something, whose end is told here. Called when nothing is known that is young enough.
   */
  trouble(look: () => Promise<unknown>): string | null {
    if (this.#options.now() - this.#lookedAtMs >= LOOK_AGAIN_MS) {
      this.#lookedAtMs = this.#options.now();
      look().then(
        // Whether writing works is known when somebody writes, and nobody does while the server says that it cannot.
        () => {
          this.#trouble = null;
        },
        () => {},
      );
    }
    return this.#trouble?.message ?? null;
  }
}
