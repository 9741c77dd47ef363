import { createLog, type Log } from './base/log.js';
import { type Command, HELP, readCommand } from './commands/config.js';
import { confirmOn } from './commands/confirm.js';
import { NothingDeleted } from './commands/delete-traces.js';
import { doctor } from './commands/doctor.js';
import { migrateToClickhouse } from './commands/migrate.js';
import { progressOn } from './commands/progress.js';
import { runFileCommand } from './commands/run-file-command.js';
import { CannotListen } from './commands/serve.js';
import { UsageError } from './commands/usage-error.js';
import { PricesUnusable } from './prices/index.js';
import { findWorkerFile, readVersion, startServer } from './start-server.js';
import { ClickhouseUnusable } from './store/clickhouse/unusable.js';
import { DatabaseUnusable, SqliteMissing } from './store/sqlite/index.js';
import { StoreUnavailable } from './store/unavailable.js';
import { ImportFailed } from './transfer/import-file.js';
import { MigrationFailed } from './transfer/migrate.js';

/** The `powerrag` command: the one place that reads arguments and environment, and that ends the process. */

let log = createLog(process.stdout, process.stderr);

async function main(): Promise<void> {
  const command = readCommand(process.argv.slice(2), process.env);
  switch (command.name) {
    case 'help':
      return void process.stdout.write(HELP);
    case 'version':
      return void process.stdout.write(`${readVersion()}\n`);
    case 'serve':
      return startServing(command);
    case 'doctor': {
      const isWell = await doctor(command.given, { say: log.info, progress, version: readVersion() });
      if (!isWell) process.exitCode = 1;
      return;
    }
    case 'migrate':
      return migrateToClickhouse(command, log.info);
    default: {
      const confirm = (question: string) => confirmOn(process.stdin, process.stderr, question);
      return runFileCommand(command, {
        now: Date.now(),
        say: log.info,
        progress,
        confirm,
        workerFile: findWorkerFile(),
      });
    }
  }
}

const progress = progressOn({
  stream: process.stderr,
  isTerminal: process.stderr.isTTY === true,
  now: () => performance.now(),
});

async function startServing({ config: given, logging }: Extract<Command, { name: 'serve' }>): Promise<void> {
  const { keys, retentionDays, ...config } = given;
  log = await serverLog(given, logging);
  const retention = retentionDays === undefined ? undefined : `${retentionDays}d`;
  const server = await startServer({ ...config, retention, keys: keys ?? undefined, log });
  closeOnSignals(async () => {
    await server.close();
    log.info('PowerRAG has stopped');
  });
  log.info(`PowerRAG is listening on ${server.url}`);
}

/** JSON goes to standard output, errors included: whoever collects it tells them by their level. */
async function serverLog(
  { keys, store }: Extract<Command, { name: 'serve' }>['config'],
  { logFormat, logLevel: level }: Extract<Command, { name: 'serve' }>['logging'],
): Promise<Log> {
  const secrets = [keys?.secretKey, store === undefined ? undefined : passwordIn(store)].filter(
    (secret): secret is string => secret !== undefined && secret !== '',
  );
  if (logFormat === 'text') return createLog(process.stdout, process.stderr, { level, secrets });
  // Loaded by servers that write it.
  const { createJsonLog } = await import('./base/json-log.js');
  return createJsonLog(process.stdout, { level, secrets });
}

function passwordIn(address: string): string {
  return decodeURIComponent(new URL(address).password);
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
  NothingDeleted,
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
