import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Log } from '../base/log.js';
import { createApp } from '../http/app.js';
import { readPage } from '../http/page.js';
import { Changes } from '../live/changes.js';
import { normalise } from '../normalise/index.js';
import { DEFAULT_LIMITS } from '../otlp/limits.js';
import type { Store } from '../store/contract.js';
import { answerClientErrors } from './client-errors.js';
import type { ServeConfig } from './config.js';
import { Connections } from './connections.js';

export interface ServeDeps {
  readonly openStore: (path: string) => Store;
  readonly pageFolder: string;
  readonly version: string;
  readonly log: Log;
}

/** A server that listens. */
export interface RunningServer {
  readonly url: string;
  /** Takes no more requests, finishes those in work, makes the store durable and closes it. Safe to call twice. */
  stop(): Promise<void>;
}

/** The server cannot listen where it was told to. The message names the option to change. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen';
}

/** How long requests in work may take once the server was told to stop: half of what a container is given to end. */
const STOP_DEADLINE_MS = 5_000;
/** How long a client may take then to send the rest of a body. */
const BODY_DEADLINE_MS = 2_000;

/** Opens the store and listens. Rejects with `CannotListen` or `DatabaseUnusable`, leaving nothing open. */
export async function serve(config: ServeConfig, deps: ServeDeps): Promise<RunningServer> {
  const store = deps.openStore(config.database);
  const changes = new Changes();
  const app = createApp({
    writer: store,
    pieces: store,
    logEvents: store,
    annotations: store,
    media: store,
    reader: store,
    changes,
    normalise,
    limits: DEFAULT_LIMITS,
    log: deps.log,
    keys: config.keys,
    page: readPage(deps.pageFolder),
    version: deps.version,
    trouble: () => store.trouble?.() ?? null,
  });
  const server = createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 5_000,
      // Longer than the keep-alive of any client, so that it is never the server who closes first.
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
    await store.close();
    throw error;
  }
  let stopping: Promise<void> | undefined;
  return {
    url: urlOf(server, config.host),
    stop: () => {
      changes.close();
      stopping ??= stop(server, connections, store);
      return stopping;
    },
  };
}

function listen(server: Server, { host, port }: ServeConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new CannotListen(explain(error, host, port), { cause: error })));
    server.listen(port, host, () => resolve());
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is already in use; choose another with --port, or 0 for any free one.`;
    case 'EACCES':
      return `Port ${port} needs rights that this user does not have; choose one from 1024 up with --port.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine; choose another with --host.`;
    default:
      return `Cannot listen on ${host} port ${port}: ${error.message}.`;
  }
}

async function stop(server: Server, connections: Connections, store: Store): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Also those that fall idle while the last requests are answered: they would be kept for their keep-alive time.
  connections.closeIdle();
  const idle = setInterval(() => connections.closeIdle(), 20);
  const body = setTimeout(() => connections.closeUnsent(), BODY_DEADLINE_MS);
  const deadline = setTimeout(() => server.closeAllConnections(), STOP_DEADLINE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(body);
  clearTimeout(deadline);
  await store.close();
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
