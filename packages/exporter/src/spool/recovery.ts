import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { Transport } from '../sender/send-result.js';
import type { Stats } from '../stats.js';
import type { ClaimedFile, Spool } from './spool.js';

export interface RecoveryOptions {
  readonly spool: Spool;
  readonly transport: Transport;
  readonly stats: Stats;
  readonly log: Log;
  readonly clock: Clock;
}

const RETRY_MS = 60_000;

/** Sends what earlier processes left in the spool: at once, and each minute while there is some. One request at a time. */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #abort = new AbortController();
  #cancelTimer: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: RecoveryOptions) {
    this.#options = options;
    options.clock.soon(() => this.#start());
  }

  /** Resolves when what could not be sent has been given back. */
  async stop(): Promise<void> {
    this.#cancelTimer?.();
    this.#abort.abort();
    await this.#running;
  }

  #start(): void {
    if (!this.#abort.signal.aborted) this.#running = this.#run();
  }

  async #run(): Promise<void> {
    const { clock, log, spool } = this.#options;
    try {
      for (let file = spool.claim(); file; file = spool.claim()) {
        if (await this.#send(file)) continue;
        if (!this.#abort.signal.aborted) this.#cancelTimer = clock.after(RETRY_MS, () => this.#start());
        return;
      }
    } catch (error) {
      log.warn(`the spool cannot be read: ${String(error)}`);
    }
  }

  /** False when the server does not take it now. */
  async #send(file: ClaimedFile): Promise<boolean> {
    const { log, stats, transport } = this.#options;
    if (file.isDamaged) log.warn('a spool file is damaged; what is whole in it is sent, and the file is kept aside.');
    for (const [index, { body, spans }] of file.records.entries()) {
      const result = await transport.send(body, this.#abort.signal);
      if (result.status === 'retryable' || result.status === 'unauthorized') {
        file.giveBack(file.records.slice(index));
        return false;
      }
      if (result.status === 'accepted') {
        stats.recovered += spans - Math.min(spans, result.rejectedSpans);
      } else log.warn(`${spans} spans from the spool were refused and are lost: ${result.message}`);
    }
    file.done();
    return true;
  }
}
