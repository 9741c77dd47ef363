import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Log } from '../base/log.js';
import { createApp } from '../http/app.js';
import { readPage } from '../http/page.js';
import { countingDeletions } from '../http/routes.js';
import { Changes } from '../live/changes.js';
import { ServerMetrics } from '../metrics/server-metrics.js';
import { DEFAULT_LIMITS } from '../otlp/limits.js';
import { type Overrides, PricesUnusable, readOverrides } from '../prices/index.js';
import type { Store } from '../store/contract.js';
import { type Engine, engineHere, engineInThreads } from '../threads/engine.js';
import { answerClientErrors } from './client-errors.js';
import { Connections } from './connections.js';
import type { ServerConfig } from './options.js';
import { keepFor } from './retention-schedule.js';

export interface ServeDeps {
  /** @param onCommit is told how many milliseconds each transaction took that stores what was sent. */
  readonly openStore: (path: string, onCommit: (ms: number) => void) => Store;
  /** Opens the store at an address, for `config.store`. It waits for another machine, and so needs no thread of its own. */
  readonly openRemote?: (address: string) => Promise<Store>;
  /** The program of worker threads, which then open the database instead. Default: `openStore` is used, in this thread. */
  readonly workerFile?: string;
  readonly pageFolder: string;
  readonly version: string;
  readonly log: Log;
}

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:4318`. */
  readonly url: string;
  /**
   * Accepts no more requests, finishes those in progress (5 seconds at most), makes everything durable and closes the database.
   * Safe to call twice.
   */
  close(): Promise<void>;
}

/** The server cannot listen on this host and port. The message says why, and which of the two to change. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen';
}

/** How long requests in progress may take when the server is closed: half of what a container gets to end. */
const CLOSE_DEADLINE_MS = 5_000;
/** How long a client may then take to send the rest of a body. */
const BODY_DEADLINE_MS = 2_000;

/**
 * Opens the store and listens. Rejects with `CannotListen`, `PricesUnusable` or what the store cannot be opened for, leaving
 * nothing open.
 */
export async function serve(config: ServerConfig, deps: ServeDeps): Promise<RunningServer> {
  const metrics = new ServerMetrics(deps.version);
  const changes = new Changes();
  const engine = await openEngine(config, deps, { metrics, changes });
  let closing: Promise<void> | undefined;
  const app = createApp({
    ...engine,
    ...{ changes, metrics },
    isStopping: () => closing !== undefined,
    limits: DEFAULT_LIMITS,
    log: deps.log,
    keys: config.keys,
    page: readPage(deps.pageFolder),
    version: deps.version,
  });
  const server = createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 5_000,
      // Longer than the keep-alive of any client, so that the server never closes first.
      keepAliveTimeout: 70_000,
      maxHeaderSize: 16 * 1024,
    },
    getRequestListener(app.fetch),
  );
  server.maxConnections = 10_000;
  answerClientErrors(server, deps.log);
  const connections = new Connections(server);
  try {
    await listen(server, config);
  } catch (error) {
    await engine.close();
    throw error;
  }
  const { retentionDays } = config;
  const deleteTraces = countingDeletions(engine.deleteTraces, metrics, 'retention');
  const stopRetention =
    retentionDays === undefined || deleteTraces === undefined
      ? undefined
      : keepFor(retentionDays, { deleteTraces, changes, log: deps.log });
  const stopWatching = engine.watch?.({
    isWanted: () => changes.followers > 0,
    told: (projectId, stored) => changes.stored(projectId, stored),
  });
  return {
    url: urlOf(server, config.host),
    close: () => {
      changes.close();
      stopRetention?.();
      // At once when nothing is watched: the server must not take a connection in between.
      closing ??= stopWatching
        ? Promise.resolve(stopWatching()).then(() => close(server, connections, engine))
        : close(server, connections, engine);
      return closing;
    },
  };
}

async function openEngine(
  config: ServerConfig,
  deps: ServeDeps,
  { metrics, changes }: { readonly metrics: ServerMetrics; readonly changes: Changes },
): Promise<Engine> {
  const { openStore, openRemote, workerFile, log } = deps;
  const onCommit = (ms: number) => metrics.committed(ms);
  const options = { prices: readPrices(config.prices), limits: DEFAULT_LIMITS, log, onCommit };
  if (config.store !== undefined && openRemote !== undefined)
    return engineHere(await openRemote(config.store), options);
  return workerFile === undefined
    ? engineHere(openStore(config.database, onCommit), options, config.database)
    : engineInThreads({
        ...{ ...options, database: config.database, workerFile },
        onShown: (projectId, traceIds) =>
          changes.stored(
            projectId,
            traceIds.map((traceId) => ({ traceId, trace: {} })),
          ),
      });
}

/** Throws `PricesUnusable`. */
export function readPrices(file: string | undefined): Overrides {
  if (file === undefined) return new Map();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PricesUnusable(`The prices in ${file} cannot be read (${reason}); name another file with --prices.`);
  }
  return readOverrides(text, file);
}

function listen(server: Server, { host, port }: ServerConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new CannotListen(explainListen(error, host, port), { cause: error })));
    server.listen(port, host, () => resolve());
  });
}

/** Why a server cannot listen, with what to change. */
export function explainListen(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is already in use; choose another port, or 0 for any free one.`;
    case 'EACCES':
      return `Port ${port} needs rights that this user does not have; choose a port from 1024 up.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine; choose another host.`;
    default:
      return `Cannot listen on ${host} port ${port}: ${error.message}.`;
  }
}

async function close(server: Server, connections: Connections, engine: Engine): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Again and again: a connection that becomes idle while the last requests are answered would stay for its keep-alive time.
  connections.closeIdle();
  const idle = setInterval(() => connections.closeIdle(), 20);
  const body = setTimeout(() => connections.closeUnsent(), BODY_DEADLINE_MS);
  const deadline = setTimeout(() => server.closeAllConnections(), CLOSE_DEADLINE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(body);
  clearTimeout(deadline);
  await engine.close();
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
