import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { systemClock } from '../base/clock.js';
import type { HttpClient, HttpRequest } from './http-client.js';

const CONNECT_TIMEOUT_MS = 3_000;

export interface NodeClientOptions {
  /** Certificates (PEM text) of the authorities to trust instead of those that Node trusts. */
  readonly ca?: string | undefined;
  /** Most connections. Each carries one request at a time. */
  readonly connections: number;
}

/**
 * A client on `node:http`, without proxy support. For the global scope of a test file, where undici would load files too late, and
 * for Bun, which replaces undici with its own module. Not Bun's `fetch`, which keeps the process alive and uses the proxy of
 * the environment even for this machine.
 */
export async function openNodeClient({ ca, connections }: NodeClientOptions): Promise<HttpClient> {
  const [http, https] = await Promise.all([import('node:http'), import('node:https')]);
  const limits = { keepAlive: false, maxSockets: connections };
  // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise give the keys to whoever answers.
  const tls = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) };
  const agents = { http: new http.Agent(limits), https: new https.Agent({ ...limits, ...tls }) };

  function start({ headers, method, origin, path, signal }: HttpRequest): ClientRequest {
    const url = new URL(origin + path);
    const options = { method, headers, signal };
    return url.protocol === 'https:'
      ? https.request(url, { ...options, ...tls, agent: agents.https })
      : http.request(url, { ...options, agent: agents.http });
  }

  return {
    request(options) {
      return new Promise((resolve, reject) => {
        const request = start(options);
        request.on('socket', (socket) => {
          // Only the exit hooks keep the process alive for a request.
          socket.unref();
          if (socket.connecting) limitConnecting(request, socket);
        });
        request.on('error', (error) => reject(options.signal.aborted ? options.signal.reason : error));
        request.on('response', (response: IncomingMessage) => {
          response.on('error', () => {});
          const { headers, statusCode = 0 } = response;
          resolve({ statusCode, headers, body: response });
        });
        request.end(options.body);
      });
    },
    async destroy() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** A connection that is being made keeps the process alive. */
function limitConnecting(request: ClientRequest, socket: Socket): void {
  const giveUp = (): void => {
    request.destroy(new Error(`the host did not answer within ${CONNECT_TIMEOUT_MS / 1_000} s`));
  };
  const cancel = systemClock.after(CONNECT_TIMEOUT_MS, giveUp);
  socket.once('connect', cancel);
  socket.once('close', cancel);
}
