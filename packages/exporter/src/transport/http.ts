import { randomUUID } from 'node:crypto';
import { CLIENT_REPORT_HEADER, EXPORT_TRACE_STATE } from '@powerrag/protocol';
import { systemClock } from '../base/clock.js';
import { areImmediatesFaked, isNextTickFaked } from '../base/faked.js';
import { isProcessRealm } from '../base/realm.js';
import type { SendResult, Transport } from '../base/send-result.js';
import { VERSION } from '../base/version.js';
import type { HttpProxy } from '../config/proxy.js';
import type { DropReporter } from '../report/drop-reporter.js';
import { readAnswer } from './answer.js';
import { openDispatcher } from './dispatcher.js';
import { describeFailure, isUnreachable } from './failure.js';
import { type HttpClient, StaleConnectionError } from './http-client.js';
import { openNodeClient } from './node-client.js';
import { untracedScope } from './untraced.js';

export interface HttpTransportOptions {
  /** Where to POST. */
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Default: none. */
  readonly proxy?: HttpProxy | undefined;
  /** Certificates (PEM text) of the authorities to trust instead of those that Node trusts. */
  readonly ca?: string | undefined;
  /** Most milliseconds of a request, up to the end of the response. Default 30,000. */
  readonly timeoutMs?: number;
  /** Prepares the body, for example compresses it. */
  readonly encode?: (body: Buffer) => Promise<{ readonly body: Buffer; readonly contentEncoding: string | undefined }>;
  /** Reports dropped spans with each request. */
  readonly dropReporter?: DropReporter;
  /** Called when a request is sent once more at once, because the reused connection was closed. */
  readonly onResend?: () => void;
  /** Unix milliseconds now. */
  readonly wallNow: () => number;
}

/** Bun replaces undici with its own module, which lacks the client that we use. */
function isBun(): boolean {
  return process.versions.bun !== undefined;
}

/** Where the process runs that no proxy can be used, for the log; undefined if one can. */
export function whyNoProxy(): string | undefined {
  if (isBun()) return 'in Bun';
  return isProcessRealm() ? undefined : "in a test runner's own global scope";
}

/** One per request, because at most this many are in flight. */
const CONNECTIONS = 8;
const TIMEOUT_MS = 30_000;

const RUNTIME = isBun() ? `bun/${process.versions.bun}` : `node/${process.versions.node}`;
const USER_AGENT = `powerrag-exporter/${VERSION} ${RUNTIME}`;

const NEXT_TICK_IS_FAKED = 'a test has faked process.nextTick, which Node needs for the network';

/** Headers that options cannot override. */
function ownHeaders(): Record<string, string> {
  const traceId = randomUUID().replaceAll('-', '');
  return {
    'content-type': 'application/x-protobuf',
    'accept-encoding': 'identity',
    // A trace that is not sampled. Otherwise a traced server, which may run in this process, would create spans for our requests,
    // which would cause requests, and so on.
    traceparent: `00-${traceId}-${traceId.slice(16)}-00`,
    // For ours, which records what is not sampled, too.
    tracestate: `${EXPORT_TRACE_STATE.key}=${EXPORT_TRACE_STATE.value}`,
  };
}

/**
 * OTLP over HTTP with protobuf bodies. The client is created for the first request. In the global scope of a test file it is
 * created at once, from Node's own modules, because loading a file after the scope is torn down fails the whole test run.
 */
export function httpTransport(options: HttpTransportOptions): Transport {
  const { ca, dropReporter, proxy, timeoutMs = TIMEOUT_MS, url, wallNow } = options;
  const inUntracedScope = untracedScope();
  const usesNodeClient = whyNoProxy() !== undefined;
  const nodeClient = lazyClient(() => openNodeClient({ ca, connections: CONNECTIONS }));
  const dispatcher = lazyClient(() => openDispatcher({ ca, proxy, connections: CONNECTIONS }));

  async function client(): Promise<HttpClient> {
    if (usesNodeClient || (!proxy && (await areImmediatesFaked()))) return await nodeClient.get();
    return await dispatcher.get();
  }

  async function post(body: Buffer, headers: Record<string, string>, signal: AbortSignal): Promise<SendResult> {
    const http = await client();
    signal.throwIfAborted();
    const response = await inUntracedScope(() =>
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

  /** A server closes idle connections when it likes: a request that meets this says nothing about the server, so it is sent again. */
  async function postOnOpenConnection(
    body: Buffer,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<SendResult> {
    try {
      return await post(body, headers, signal);
    } catch (error) {
      if (!(error instanceof StaleConnectionError)) throw error;
      options.onResend?.();
      return await post(body, headers, signal);
    }
  }

  // If this fails, the next request tries again and reports the failure.
  if (!isProcessRealm()) nodeClient.get().catch(() => {});

  return {
    async send(body, signal) {
      if (await isNextTickFaked()) return { status: 'retryable', afterMs: undefined, message: NEXT_TICK_IS_FAKED };
      const limit = new TimeLimit(timeoutMs, signal);
      try {
        const encoded = options.encode ? await options.encode(body) : { body, contentEncoding: undefined };
        const headers: Record<string, string> = { 'user-agent': USER_AGENT, ...options.headers, ...ownHeaders() };
        if (encoded.contentEncoding !== undefined) headers['content-encoding'] = encoded.contentEncoding;
        const report = dropReporter?.report();
        if (report) headers[CLIENT_REPORT_HEADER] = report.header;
        const result = await postOnOpenConnection(encoded.body, headers, limit.signal);
        if (result.status === 'accepted') report?.accepted();
        return result;
      } catch (error) {
        const failure = failureOf(error);
        const unreachable = isUnreachable(failure) ? url.origin : undefined;
        return { status: 'retryable', afterMs: undefined, message: describeFailure(failure, url), unreachable };
      } finally {
        limit.end();
      }
    },
    async close() {
      const closed = Promise.all([nodeClient.destroy(), dispatcher.destroy()]);
      // Without them, undici's promise would never resolve.
      if (await areImmediatesFaked()) closed.catch(() => {});
      else await closed;
    },
  };
}

function failureOf(error: unknown): unknown {
  return error instanceof StaleConnectionError ? error.cause : error;
}

/** A client that is made when it is first wanted, and again after a failure. */
function lazyClient(open: () => Promise<HttpClient>): { get(): Promise<HttpClient>; destroy(): Promise<void> } {
  let client: Promise<HttpClient> | undefined;
  return {
    get() {
      if (!client) {
        client = open();
        client.catch(() => {
          client = undefined;
        });
      }
      return client;
    },
    async destroy() {
      await (await client)?.destroy();
    },
  };
}

/** A signal that aborts with another one or after a time. `AbortSignal.any` with a long-lived signal leaks memory in Node 20. */
class TimeLimit {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #cancel: () => void;
  readonly #onAbort = (): void => this.#controller.abort(this.#outer.reason);

  constructor(ms: number, outer: AbortSignal) {
    this.#outer = outer;
    this.#cancel = systemClock.after(ms, () => {
      this.#controller.abort(new Error(`there was no answer within ${ms / 1_000} s`));
    });
    if (outer.aborted) this.#onAbort();
    else outer.addEventListener('abort', this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  end(): void {
    this.#cancel();
    this.#outer.removeEventListener('abort', this.#onAbort);
  }
}
