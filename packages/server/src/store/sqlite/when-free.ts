import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../base/log.js';
import { StoreUnavailable } from '../unavailable.js';
import { isBusy } from './driver.js';

/** Milliseconds that a batch waits for another program's transaction: less than clients wait. */
const PATIENCE_MS = 2_000;
const PAUSE_MS = 50;

/** Runs writes, and retries them while another program writes the database. Other requests are answered meanwhile. */
export class WhenFree {
  readonly #log: Log;
  #isHeld = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Rejects with `StoreUnavailable` when the database stays locked, which is logged once until it is free again. */
  async run(write: () => Promise<void>): Promise<void> {
    for (let waitedMs = 0; ; waitedMs += PAUSE_MS) {
      try {
        await write();
        this.#isHeld = false;
        return;
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (waitedMs >= PATIENCE_MS || this.#isHeld) {
          if (!this.#isHeld) this.#log.error(HELD);
          this.#isHeld = true;
          throw new StoreUnavailable('Another program is writing the database; send this batch again.');
        }
      }
      await sleep(PAUSE_MS);
    }
  }
}

const HELD =
  'another program holds a write transaction open on the database, so nothing can be stored until it ends it; clients are told to keep their spans';
