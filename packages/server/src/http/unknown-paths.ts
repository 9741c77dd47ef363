import type { Log } from '../base/log.js';

/** How many paths are logged by name; after that, one line says that there are more. */
const MAX_PATHS = 100;
const LONGEST_PATH = 200;

/** Logs the unknown paths that clients request, each once, so that missing data can be traced to a wrong path. */
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
