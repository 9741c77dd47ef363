import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { systemClock } from '../base/clock.js';
import type { HttpClient, HttpRequest } from './http-client.js';

const CONNECT_TIMEOUT_MS = 3_000;

export interface NodeClientOptions {
  /** Certificates of authorities in PEM form that are trusted instead of those that Node knows. */
  readonly ca?: string | undefined;
  /** Most connections, each for one request at a time. */
  readonly connections: number;
}

/**
 * Requests by `node:http`, for a test runner's own global scope, in which undici would load files of its own too late, and for Bun,
 * which puts a module of its own in the place of undici. Bun's `fetch` is not used: it keeps the
 * process alive, and goes through the proxy of the environment also to this very machine. This client knows no proxy.
 */
export async function openNodeClient({ ca, connections }: NodeClientOptions): Promise<HttpClient> {
  const [http, https] = await Promise.all([import('node:http'), import('node:https')]);
  const limits = { keepAlive: false, maxSockets: connections };
  // Said outright, or NODE_TLS_REJECT_UNAUTHORIZED=0 would hand the keys to whoever answers.
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
          // The exit hooks decide whether the process waits.
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

/** Until it is made, a connection keeps the process alive in Bun. */
function limitConnecting(request: ClientRequest, socket: Socket): void {
  const giveUp = (): void => {
    request.destroy(new Error(`the host did not answer within ${CONNECT_TIMEOUT_MS / 1_000} s`));
  };
  const cancel = systemClock.after(CONNECT_TIMEOUT_MS, giveUp);
  socket.once('connect', cancel);
  socket.once('close', cancel);
}
