import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, startChild } from './child-process.js';
import { temporaryFolder } from './temporary-folder.js';

const COMMAND = join(import.meta.dirname, '../../packages/server/bin/powerrag.js');
const BUILT = join(import.meta.dirname, '../../packages/server/dist/main.js');

/** Deadlines against a hang, in milliseconds; even a busy machine stays far below them. */
const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 20_000;

export interface ServerOptions {
  /** Path of the database file. Default: a fresh one. */
  readonly database?: string;
  /** The address of ClickHouse, instead of a file. */
  readonly store?: string;
  /** Default 0: a free port. */
  readonly port?: number;
  readonly env?: Record<string, string>;
  /** Further arguments of `powerrag serve`. */
  readonly args?: readonly string[];
}

/** The built server, running in its own process. */
export interface ServerProcess {
  /** Without a trailing slash. */
  readonly url: string;
  readonly database: string;
  readonly process: ChildProcess;
  /** Sends SIGTERM and waits for the end. Rejects when the server has not ended at the deadline, or not with code 0. Safe to call twice. */
  stop(): Promise<void>;
  /** Sends SIGKILL and waits for the end: the database stays as the crash left it. Safe to call twice. */
  kill(): Promise<void>;
}

/** Starts `powerrag serve` from the build and resolves when it says that it is listening. Rejects with what it wrote to stderr if it ends first. */
export async function startServer(options: ServerOptions = {}): Promise<ServerProcess> {
  if (!existsSync(BUILT)) throw new Error('packages/server is not built: run `npm run build` first');
  const database = options.database ?? join(temporaryFolder(), 'powerrag.db');
  const where = options.store === undefined ? ['--database', database] : ['--store', options.store];
  const args = [COMMAND, 'serve', '--port', String(options.port ?? 0), ...where, ...(options.args ?? [])];
  const child = startChild(process.execPath, args, options.env ? { env: options.env } : {});
  const url = await listeningUrl(child);
  return {
    url,
    database,
    process: child.process,
    async stop() {
      if (child.process.exitCode !== null || child.process.signalCode !== null) return;
      child.process.kill('SIGTERM');
      const exit = await withDeadline(child, STOP_DEADLINE_MS, 'did not end after SIGTERM', child.ended);
      if (exit.code !== 0) throw new Error(`the server ended with ${exit.signal ?? exit.code}: ${child.stderr()}`);
    },
    async kill() {
      child.process.kill('SIGKILL');
      await child.ended;
    },
  };
}

async function listeningUrl(child: Child): Promise<string> {
  const ready = new Promise<string>((resolve) => {
    child.process.stdout?.on('data', () => {
      const url = /^PowerRAG is listening on (http:\/\/\S+)$/m.exec(child.stdout())?.[1];
      if (url) resolve(url);
    });
  });
  const endedFirst = child.ended.then((exit) => {
    throw new Error(`the server ended with ${exit.signal ?? exit.code} before it was listening: ${child.stderr()}`);
  });
  endedFirst.catch(() => {});
  return withDeadline(child, START_DEADLINE_MS, 'is not listening', Promise.race([ready, endedFirst]));
}

/** Kills the server when the deadline passes, so that nothing is left running. */
async function withDeadline<T>(child: Child, timeoutMs: number, failure: string, outcome: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      child.process.kill('SIGKILL');
      reject(new Error(`the server ${failure} within ${timeoutMs} ms: ${child.stdout()}${child.stderr()}`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([outcome, late]);
  } finally {
    clearTimeout(timer);
  }
}
