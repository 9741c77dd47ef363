import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks for an address again and again while something else happens. */
export class Probe {
  readonly #times: number[] = [];
  readonly #asking: Promise<void>;
  #stopped = false;
  #failures = 0;

  constructor(url: string) {
    this.#asking = this.#ask(url);
  }

  /** Resolves to how many answers came, how long the longest took in milliseconds, and how many were not 200. */
  async stop(): Promise<{ count: number; medianMs: number; longestMs: number; failures: number }> {
    this.#stopped = true;
    await this.#asking;
    const sorted = this.#times.toSorted((a, b) => a - b);
    return {
      count: sorted.length,
      medianMs: Math.round(sorted[sorted.length >> 1] ?? 0),
      longestMs: Math.round(sorted.at(-1) ?? 0),
      failures: this.#failures,
    };
  }

  async #ask(url: string): Promise<void> {
    while (!this.#stopped) {
      const startedMs = performance.now();
      const status = await statusOf(url).catch(() => 0);
      this.#times.push(performance.now() - startedMs);
      if (status !== 200) this.#failures += 1;
      await sleep(10);
    }
  }
}

function statusOf(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });
}
