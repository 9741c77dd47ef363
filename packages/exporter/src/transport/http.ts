import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { CLIENT_REPORT_HEADER } from '@powerrag/protocol';
import type { LossReporter } from '../loss-reporter.js';
import type { SendResult, Transport } from '../sender/send-result.js';
import { VERSION } from '../version.js';
import { readAnswer } from './answer.js';
import { openDispatcher } from './dispatcher.js';
import { codeOf, describeFailure } from './failure.js';
import type { HttpClient } from './http-client.js';
import { openNodeClient } from './node-client.js';
import type { HttpProxy } from './proxy.js';

export interface HttpTransportOptions {
  /** Where to POST. */
  readonly url: URL;
  /** Their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** Default: none, requests go straight to the endpoint. */
  readonly proxy?: HttpProxy | undefined;
  /** Certificates of authorities in PEM form that are trusted instead of those that Node knows. */
  readonly ca?: string | undefined;
  /** Milliseconds that one attempt may take from its start to the end of the response. Default 30,000. */
  readonly timeoutMs?: number;
  /** Prepares the body, e.g. compresses it. */
  readonly encode?: (body: Buffer) => Promise<{ readonly body: Buffer; readonly contentEncoding: string | undefined }>;
  /** Tells the server of losses along with each request. */
  readonly losses?: LossReporter;
  /** Unix milliseconds now. */
  readonly wallNow: () => number;
}

/** Bun puts a module of its own, which lacks the client that is used, in the place of undici. */
export function isBun(): boolean {
  return process.versions.bun !== undefined;
}

/** One request needs one connection; more requests than this are never in flight. */
const CONNECTIONS = 8;
const TIMEOUT_MS = 30_000;
/** A reused connection that was closed under the request; the server has not seen it, or will know it again. */
const CLOSED_CONNECTION: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

const RUNTIME = isBun() ? `bun/${process.versions.bun}` : `node/${process.versions.node}`;
const USER_AGENT = `powerrag-exporter/${VERSION} ${RUNTIME}`;

/** What every request says, whatever the headers of the connection are. */
function ownHeaders(): Record<string, string> {
  const traceId = crypto.randomUUID().replaceAll('-', '');
  return {
    'content-type': 'application/x-protobuf',
    'accept-encoding': 'identity',
    // Of a trace that is not sampled: a server that is traced, be it in this very process, would otherwise make spans of our
    // requests, and send those, and so on.
    traceparent: `00-${traceId}-${traceId.slice(16)}-00`,
  };
}

/** OTLP over HTTP, protobuf bodies, on one client, which is made for the first request. */
export function httpTransport(options: HttpTransportOptions): Transport {
  const { ca, losses, proxy, timeoutMs = TIMEOUT_MS, url, wallNow } = options;
  // Not in the application's context: instrumented HTTP clients would trace our requests, and we would send those traces.
  const untraced = suppressTracing(ROOT_CONTEXT);
  let client: Promise<HttpClient> | undefined;

  function open(): Promise<HttpClient> {
    if (!client) {
      client = isBun()
        ? openNodeClient({ ca, connections: CONNECTIONS })
        : openDispatcher({ ca, proxy, connections: CONNECTIONS });
      client.catch(() => {
        client = undefined;
      });
    }
    return client;
  }

  async function post(body: Buffer, headers: Record<string, string>, signal: AbortSignal): Promise<SendResult> {
    const http = await open();
    signal.throwIfAborted();
    const response = await context.with(untraced, () =>
      http.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'POST',
        headers,
        body,
        signal,
      }),
    );
    return await readAnswer(response, url, wallNow);
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
      const limit = new TimeLimit(timeoutMs, signal);
      try {
        const encoded = options.encode ? await options.encode(body) : { body, contentEncoding: undefined };
        const headers: Record<string, string> = { 'user-agent': USER_AGENT, ...options.headers, ...ownHeaders() };
        if (encoded.contentEncoding !== undefined) headers['content-encoding'] = encoded.contentEncoding;
        const report = losses?.report();
        if (report) headers[CLIENT_REPORT_HEADER] = report.header;
        const result = await postOnOpenConnection(encoded.body, headers, limit.signal);
        if (result.status === 'accepted') report?.accepted();
        return result;
      } catch (error) {
        return { status: 'retryable', afterMs: undefined, message: describeFailure(error, url) };
      } finally {
        limit.end();
      }
    },
    async close() {
      await (await client)?.destroy();
    },
  };
}

/** A signal that fires with another one, or when the time is up. `AbortSignal.any` on one that lives long keeps memory in Node 20. */
class TimeLimit {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = (): void => this.#controller.abort(this.#outer.reason);

  constructor(ms: number, outer: AbortSignal) {
    this.#outer = outer;
    this.#timer = setTimeout(() => this.#controller.abort(new Error(`there was no answer within ${ms / 1_000} s`)), ms);
    this.#timer.unref();
    if (outer.aborted) this.#onAbort();
    else outer.addEventListener('abort', this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#onAbort);
  }
}
