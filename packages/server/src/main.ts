import { createLog } from './base/log.js';
import { HELP, readCommand } from './commands/config.js';
import { migrateToClickhouse } from './commands/migrate.js';
import { runFileCommand } from './commands/run-file-command.js';
import { CannotListen } from './commands/serve.js';
import { UsageError } from './commands/usage-error.js';
import { PricesUnusable } from './prices/index.js';
import { readVersion, startServer } from './start-server.js';
import { ClickhouseUnusable } from './store/clickhouse/unusable.js';
import { DatabaseUnusable, SqliteMissing } from './store/sqlite/index.js';
import { StoreUnavailable } from './store/unavailable.js';
import { ImportFailed } from './transfer/import-file.js';
import { MigrationFailed } from './transfer/migrate.js';

/** The `powerrag` command: the one place that reads arguments and environment, and that ends the process. */

const log = createLog(process.stdout, process.stderr);

async function main(): Promise<void> {
  const command = readCommand(process.argv.slice(2), process.env);
  if (command.name === 'help') return void process.stdout.write(HELP);
  if (command.name === 'version') return void process.stdout.write(`${readVersion()}\n`);
  if (command.name === 'migrate') return migrateToClickhouse(command, log.info);
  if (command.name !== 'serve') return runFileCommand(command, Date.now(), log.info);
  const { keys, retentionDays, ...config } = command.config;
  const retention = retentionDays === undefined ? undefined : `${retentionDays}d`;
  const server = await startServer({ ...config, retention, keys: keys ?? undefined, log });
  closeOnSignals(async () => {
    await server.close();
    log.info('PowerRAG has stopped');
  });
  log.info(`PowerRAG is listening on ${server.url}`);
}

function closeOnSignals(close: () => Promise<void>): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // Once: the second signal ends the process at once, as by default.
    process.once(signal, () => {
      // Exits without closing anything more: a database that was overwritten under the server must not be closed (see Ownership).
      close()
        .catch(fail)
        .finally(() => process.exit());
    });
  }
}

/** Failures whose message tells the operator everything. */
const EXPECTED = [
  UsageError,
  CannotListen,
  DatabaseUnusable,
  ClickhouseUnusable,
  SqliteMissing,
  PricesUnusable,
  ImportFailed,
  MigrationFailed,
  StoreUnavailable,
];

function fail(error: unknown): void {
  const isExpected = EXPECTED.some((kind) => error instanceof kind);
  const text = error instanceof Error ? (isExpected ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`powerrag: ${text}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

main().catch(fail);
