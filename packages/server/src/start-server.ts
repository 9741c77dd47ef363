import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createLog, type Log } from './base/log.js';
import { readOptions, type ServerOptions } from './commands/options.js';
import { type RunningServer, serve } from './commands/serve.js';
import { digestTrace } from './digest/index.js';
import { digestWithLogWords } from './logs/join-words.js';
import { readAddress } from './store/clickhouse/address.js';
import { anyDriver, sqliteStore } from './store/sqlite/index.js';

/**
 * Starts a server: opens the database, listens, and resolves once requests are answered. Rejects, leaving nothing open, with an
 * `Error` whose message says what to change: an option is not valid, the database cannot be used, or the port is taken.
 *
 * Signals are left to the caller: call `close()` before the process ends.
 *
 * @example
 * const server = await startServer({ port: 0, database: './traces.db' });
 * console.log(server.url);
 * await server.close();
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const config = readOptions(options);
  const log = options.log ?? errorsOnly();
  const workerFile = findWorkerFile();
  return serve(config, {
    ...(workerFile === undefined ? {} : { workerFile }),
    openStore: (path, onCommit) =>
      sqliteStore(path, anyDriver(), log, { digestTrace: digestWithLogWords(digestTrace), onCommit }),
    openRemote: async (address) => {
      // Its client is loaded by servers that use it.
      const { clickhouseStore } = await import('./store/clickhouse/index.js');
      return clickhouseStore({ ...readAddress(address), log, digestTrace: digestWithLogWords(digestTrace) });
    },
    // Beside this file in the build.
    pageFolder: fileURLToPath(new URL('./page', import.meta.url)),
    version: readVersion(),
    log,
  });
}

/** The program of worker threads, beside this file in the build. Undefined when run from source, where all is in one thread. */
export function findWorkerFile(): string | undefined {
  const file = fileURLToPath(new URL('./worker.js', import.meta.url));
  return existsSync(file) ? file : undefined;
}

/** The version in the package's manifest. */
export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}

function errorsOnly(): Log {
  return createLog({ write: () => {} }, process.stderr);
}
