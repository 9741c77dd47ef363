import { randomBytes } from 'node:crypto';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { retryAfterMs } from '../sender/retry-after.js';
import type { SendResult, Transport } from '../sender/send-result.js';
import { readExportResponse } from './export-response.js';

export interface HttpTransportOptions {
  /** Where to POST. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds that one attempt may take from its start to the end of the response. Default 30,000. */
  readonly timeoutMs?: number;
  /** Prepares the body, e.g. compresses it. */
  readonly encode?: (body: Buffer) => Promise<{ readonly body: Buffer; readonly contentEncoding: string | undefined }>;
  /** Unix milliseconds now. */
  readonly wallNow: () => number;
}

/** One request needs one connection; more requests than this are never in flight. */
const CONNECTIONS = 4;
const CONNECT_TIMEOUT_MS = 3_000;
const HEADERS_TIMEOUT_MS = 10_000;
const BODY_TIMEOUT_MS = 10_000;
/**
 * How long an idle connection is reused. Shorter than any usual server's patience (Node's is 5 s), since a request that meets
 * the server's close is lost with the connection.
 */
const KEEP_ALIVE_MS = 2_000;
const MAX_RESPONSE_BYTES = 64 * 1024;
/** OTLP/HTTP: these, and failures without an answer, may be retried; no other status may. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** A reused connection that was closed under the request; the server has not seen it, or will know it again. */
const CLOSED_CONNECTION: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** OTLP over HTTP, protobuf bodies, on one undici agent. */
export function httpTransport(options: HttpTransportOptions): Transport {
  const { url, wallNow } = options;
  const agent = new Agent({
    connections: CONNECTIONS,
    pipelining: 1,
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    connect: unheldConnector(),
  });
  // Not in the application's context: instrumented HTTP clients would trace our requests, and we would send those traces.
  const untraced = suppressTracing(ROOT_CONTEXT);

  async function post(body: Buffer, headers: Record<string, string>, signal: AbortSignal): Promise<SendResult> {
    const response = await context.with(untraced, () =>
      agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'POST',
        headers,
        body,
        signal,
      }),
    );
    return await readResult(response, wallNow);
  }

  /** Each idle connection may have been closed by the server unseen; after as many tries, one is surely new. */
  async function postOnOpenConnection(
    body: Buffer,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<SendResult> {
    for (let tries = 0; ; tries++) {
      try {
        return await post(body, headers, signal);
      } catch (error) {
        if (tries === CONNECTIONS || signal.aborted || !CLOSED_CONNECTION.has(codeOf(error))) throw error;
      }
    }
  }

  return {
    async send(body, signal) {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs ?? 30_000)]);
      try {
        const encoded = options.encode ? await options.encode(body) : { body, contentEncoding: undefined };
        const headers: Record<string, string> = {
          ...options.headers,
          'content-type': 'application/x-protobuf',
          traceparent: unsampledParent(),
        };
        if (encoded.contentEncoding !== undefined) headers['content-encoding'] = encoded.contentEncoding;
        return await postOnOpenConnection(encoded.body, headers, limited);
      } catch (error) {
        return { status: 'retryable', afterMs: undefined, message: describe(error) };
      }
    },
    async close() {
      await agent.destroy();
    },
  };
}

/**
 * A W3C trace parent that says "not sampled": an instrumented server that takes our requests, in this process even, would
 * otherwise trace them, and send that trace, forever.
 */
function unsampledParent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
}

/** Connections that do not keep the process alive, not even with a request in flight: the exit hooks decide on that. */
function unheldConnector(): buildConnector.connector {
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS });
  return (options, callback) => {
    connect(options, (...result) => {
      const socket = result[1];
      if (socket) {
        socket.unref();
        // undici refs a socket for the time of each request.
        socket.ref = () => socket;
      }
      callback(...result);
    });
  };
}

async function readResult(response: Dispatcher.ResponseData, wallNow: () => number): Promise<SendResult> {
  const { statusCode, headers } = response;
  const body = await readLimited(response.body);
  if (statusCode >= 200 && statusCode < 300) {
    const partial = readExportResponse(body, String(headers['content-type'] ?? ''));
    return { status: 'accepted', ...partial };
  }
  const message = `the server answered ${statusCode}`;
  if (RETRYABLE.has(statusCode)) {
    return { status: 'retryable', afterMs: retryAfterMs(headers['retry-after'], wallNow()), message };
  }
  if (statusCode === 401 || statusCode === 403) return { status: 'unauthorized', message };
  if (statusCode === 413) return { status: 'too_large', message };
  return { status: 'refused', message };
}

/** The body, or none if it is too long or breaks off: the status has said what matters. */
async function readLimited(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      const part = Buffer.from(chunk);
      bytes += part.length;
      if (bytes > MAX_RESPONSE_BYTES) return Buffer.alloc(0);
      chunks.push(part);
    }
  } catch {
    return Buffer.alloc(0);
  }
  return Buffer.concat(chunks);
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : '';
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'the request failed';
  const code = codeOf(error);
  return code === '' || error.message.includes(code) ? error.message : `${error.message} (${code})`;
}
