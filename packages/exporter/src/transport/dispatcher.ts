// Under a name of ours: bundles for AWS Lambda often begin with a line of their own that imports `createRequire`.
import { createRequire as requireOfModule } from 'node:module';
import { Socket } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import type { HttpProxy } from '../config/proxy.js';

export interface DispatcherOptions {
  readonly proxy?: HttpProxy | undefined;
  /** Certificates (PEM text) of the authorities to trust instead of those that Node trusts. */
  readonly ca?: string | undefined;
  /** Most connections. Each carries one request at a time. */
  readonly connections: number;
}

type Undici = typeof import('undici');

/** Short, because the system keeps a process alive while it connects, even when nothing else does. */
const CONNECT_TIMEOUT_MS = 3_000;
const HEADERS_TIMEOUT_MS = 10_000;
const BODY_TIMEOUT_MS = 10_000;
/**
 * How long an idle connection is reused. Shorter than the idle timeout of usual servers (Node: 5 s), because a request that is
 * sent while the server closes the connection fails.
 */
const KEEP_ALIVE_MS = 2_000;

/** An HTTP client, direct or through a proxy. Loads undici, which takes longer to load than the rest of this package. */
export async function openDispatcher({ ca, connections, proxy }: DispatcherOptions): Promise<Dispatcher> {
  const undici = await loadUndici();
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
  const connect = unreferenced(undici.buildConnector(toEndpoint));
  if (!proxy) return new undici.Agent({ ...limits, connect });

  const openPool = (origin: string | URL, options: object): Dispatcher => {
    const connector: unknown = Reflect.get(options, 'connect');
    return new undici.Pool(origin, { ...limits, connect: isConnector(connector) ? unreferenced(connector) : connect });
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
function unreferenced(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    const made: unknown = connect(options, (...result) => {
      const socket = result[1];
      if (socket) {
        socket.unref();
        // undici calls `ref` for each request.
        socket.ref = () => socket;
      }
      callback(...result);
    });
    // A TLS handshake must not keep the process alive either.
    if (made instanceof Socket) made.unref();
  };
}
