import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createLog } from './base/log.js';
import { HELP, readCommand, UsageError } from './commands/config.js';
import { CannotListen, serve } from './commands/serve.js';
import { anyDriver, DatabaseUnusable, SqliteMissing, sqliteStore } from './store/sqlite/index.js';

/** The `powerrag` command: the one place that reads arguments and environment, and that ends the process. */

const log = createLog(process.stdout, process.stderr);

async function main(): Promise<void> {
  const command = readCommand(process.argv.slice(2), process.env);
  if (command.name === 'help') return void process.stdout.write(HELP);
  const version = readVersion();
  if (command.name === 'version') return void process.stdout.write(`${version}\n`);
  const server = await serve(command.config, {
    openStore: (path) => sqliteStore(path, anyDriver(), log),
    pageFolder: fileURLToPath(new URL('./page', import.meta.url)),
    version,
    log,
  });
  stopOnSignals(async () => {
    await server.stop();
    log.info('PowerRAG has stopped');
  });
  log.info(`PowerRAG is listening on ${server.url}`);
}

function stopOnSignals(stop: () => Promise<void>): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // Once: the second time the signal does what it always does, and ends the process.
    process.once(signal, () => {
      // Ends with nothing more closed: a database that was overwritten under the server must not be closed (see Ownership).
      stop()
        .catch(fail)
        .finally(() => process.exit());
    });
  }
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}

/** Failures whose message tells the operator all there is to know. */
const EXPECTED = [UsageError, CannotListen, DatabaseUnusable, SqliteMissing];

function fail(error: unknown): void {
  const isExpected = EXPECTED.some((kind) => error instanceof kind);
  const text = error instanceof Error ? (isExpected ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`powerrag: ${text}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

main().catch(fail);
