// Under a name of ours: bundles for AWS Lambda often begin with a line of their own that imports `createRequire`.
import { createRequire as requireOfModule } from 'node:module';
import type { buildConnector, Dispatcher } from 'undici';
import type { HttpProxy } from '../config/proxy.js';
import { unrefWhileConnecting } from './connecting.js';
import { codeOf } from './failure.js';
import { type HttpClient, StaleConnectionError } from './http-client.js';

export interface DispatcherOptions {
  readonly proxy?: HttpProxy | undefined;
  /** Certificates (PEM text) of the authorities to trust instead of those that Node trusts. */
  readonly ca?: string | undefined;
  /** Most connections. Each carries one request at a time. */
  readonly connections: number;
}

type Undici = typeof import('undici');

const CONNECT_TIMEOUT_MS = 3_000;
const HEADERS_TIMEOUT_MS = 10_000;
const BODY_TIMEOUT_MS = 10_000;
/**
 * How long an idle connection is reused. Shorter than the idle timeout of usual servers (Node: 5 s), because a request that is
 * sent while the server closes the connection fails.
 */
const KEEP_ALIVE_MS = 2_000;
/** How a request fails whose connection was closed by the other side. */
const CLOSED_CONNECTION: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** An HTTP client, direct or through a proxy. Loads undici, which takes longer to load than the rest of this package. */
export async function openDispatcher(options: DispatcherOptions): Promise<HttpClient> {
  const undici = await loadUndici();
  let connectionsMade = 0;
  const open = (): Dispatcher =>
    dispatcherOf(undici, options, () => {
      connectionsMade += 1;
    });
  let current = open();
  /** They take no request any more, and end with those that they have. */
  const retired = new Set<Dispatcher>();

  /** Where one idle connection was closed unseen, others may have been: the next request is to have a new one. */
  function retire(dispatcher: Dispatcher): void {
    if (dispatcher !== current) return;
    current = open();
    retired.add(dispatcher);
    void dispatcher
      .close()
      .catch(() => {})
      .then(() => retired.delete(dispatcher));
  }

  return {
    async request(request) {
      const dispatcher = current;
      const madeBefore = connectionsMade;
      const answer = dispatcher.request(request);
      // A connection is made within the call, unless an idle one is reused.
      const isReused = connectionsMade === madeBefore;
      try {
        return await answer;
      } catch (error) {
        if (!isReused || request.signal.aborted || !CLOSED_CONNECTION.has(codeOf(error))) throw error;
        retire(dispatcher);
        throw new StaleConnectionError(error);
      }
    },
    async destroy() {
      await Promise.all([current, ...retired].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

/** @param onConnect called whenever a connection is about to be made. */
function dispatcherOf(
  undici: Undici,
  { ca, connections, proxy }: DispatcherOptions,
  onConnect: () => void,
): Dispatcher {
  const limits = {
    connections,
    pipelining: 1,
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
  };
  // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise give the keys to whoever answers.
  const toProxy = { timeout: CONNECT_TIMEOUT_MS, rejectUnauthorized: true };
  const toEndpoint = { ...toProxy, ...(ca === undefined ? {} : { ca }) };
  const connect = unreferenced(undici.buildConnector(toEndpoint), onConnect);
  if (!proxy) return new undici.Agent({ ...limits, connect });

  const openPool = (origin: string | URL, options: object): Dispatcher => {
    const connector: unknown = Reflect.get(options, 'connect');
    return new undici.Pool(origin, {
      ...limits,
      connect: isConnector(connector) ? unreferenced(connector, onConnect) : connect,
    });
  };
  return new undici.EnvHttpProxyAgent({
    ...limits,
    httpProxy: proxy.url,
    httpsProxy: proxy.url,
    noProxy: proxy.exceptions,
    ...proxyCredentials(new URL(proxy.url)),
    // Without a tunnel for plain HTTP, because many proxies allow tunnels only to port 443.
    proxyTunnel: false,
    connect,
    requestTls: toEndpoint,
    proxyTls: toProxy,
    factory: openPool,
    clientFactory: openPool,
  });
}

/** Set here, because undici reads them from the URL only if there are both a user name and a password. */
function proxyCredentials({ password, username }: URL): { readonly token?: string } {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { token: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** `require` is the second try: an ES module that failed to load, for example without a free file handle, never loads again. */
async function loadUndici(): Promise<Undici> {
  try {
    return await import('undici');
  } catch (error) {
    try {
      const undici: Undici = requireOfModule(import.meta.url)('undici');
      return undici;
    } catch {
      // In a bundle there is nothing to require: what kept the bundled copy from loading is the cause.
      throw error;
    }
  }
}

function isConnector(value: unknown): value is buildConnector.connector {
  return typeof value === 'function';
}

/** Connections that do not keep the process alive, even with a request in flight: only the exit hooks wait for requests. */
function unreferenced(connect: buildConnector.connector, onConnect: () => void): buildConnector.connector {
  return (options, callback) => {
    onConnect();
    const made: unknown = connect(options, (...result) => {
      const socket = result[1];
      if (socket) {
        socket.unref();
        // undici calls `ref` for each request.
        socket.ref = () => socket;
      }
      callback(...result);
    });
    unrefWhileConnecting(made);
  };
}
