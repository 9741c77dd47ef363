import type { Log } from '../base/log.js';

/** Paths that are named; of further ones it is only said that there are more. */
const MAX_PATHS = 100;
const LONGEST_PATH = 200;

/** Names in the log what clients ask for in vain, each path once: who looks for missing data finds here where it went. */
export class UnknownPaths {
  readonly #log: Log;
  readonly #named = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  note(method: string, path: string, userAgent: string | undefined): void {
    const asked = `${method} ${path.slice(0, LONGEST_PATH)}`;
    if (this.#named.size > MAX_PATHS || this.#named.has(asked)) return;
    this.#named.add(asked);
    this.#log.info(
      this.#named.size > MAX_PATHS
        ? 'Clients ask for further paths that this server does not have; they are not named.'
        : `A client (${userAgent?.slice(0, LONGEST_PATH) ?? 'unnamed'}) asks for ${asked}, which this server does not have.`,
    );
  }
}
