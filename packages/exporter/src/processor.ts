import { type Context, type TextMapPropagator, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { type Clock, systemClock } from './base/clock.js';
import { counted } from './base/counted.js';
import { errorText } from './base/error-text.js';
import { isNextTickFaked, isNextTickReplaced } from './base/faked.js';
import { ignoreRejection, isThenable } from './base/ignore-rejection.js';
import { isProcessRealm } from './base/realm.js';
import type { Transport } from './base/send-result.js';
import type { ShouldExportSpan } from './choose/filter.js';
import { watchUnsampled } from './choose/unsampled.js';
import { defaultsOf, numberOr, type PowerRAGSpanProcessorOptions } from './config/options.js';
import { type Connection, readConnection, readSpoolDirectory } from './config/settings.js';
import { type Unusable, unusableTransport } from './config/unusable.js';
import { BatchEncoder } from './encode/batch.js';
import { type Encoded, SpanEncoder } from './encode/encoder.js';
import { settledResource } from './encode/resources.js';
import type { Mask } from './encode/value.js';
import { TooLargeError } from './encode/writer.js';
import { installExitHooks } from './exit.js';
import { createMask } from './mask/masking.js';
import type { QueuedSpan } from './queue/queue.js';
import { type Log, rateLimitedLog } from './report/log.js';
import { LossReporter } from './report/loss-reporter.js';
import { measured, SelfMetrics } from './report/self-metrics.js';
import { type ExporterStats, Stats } from './report/stats.js';
import { Sender } from './sender/sender.js';
import { Spool } from './spool/spool.js';
import { AppRoots } from './traces/app-roots.js';
import { AppendedAttributes } from './traces/appended.js';
import { LiveTraces } from './traces/live-traces.js';
import { remoteAttributes, SessionPropagator, scopeAttributes } from './traces/session-propagator.js';
import { gzipBody } from './transport/gzip.js';
import { httpTransport, whyNoProxy } from './transport/http.js';

export interface FlushOptions {
  /** Milliseconds to wait at most. Default: 30,000 for `forceFlush`, 5,000 for `shutdown`. */
  readonly timeoutMs?: number;
}

/** What has become of all spans of the processor's life. */
export interface ShutdownReport {
  readonly delivered: number;
  readonly spooled: number;
  readonly dropped: number;
  /** Whether the deadline came before everything was delivered. Keys that the server does not accept are not waited for. */
  readonly timedOut: boolean;
}

const FAKED_TIMEOUT_MS = 500;
const MEBIBYTE = 1024 * 1024;
const FLUSH_TIMEOUT_MS = 30_000;
const SHUTDOWN_TIMEOUT_MS = 5_000;
const DAY_MS = 24 * 60 * 60_000;
const UNSAMPLED_PARENT =
  'an observation is not recorded, since the span around it is not sampled: another tracing set-up, such as Sentry, or the caller ' +
  '(traceparent: …-00) has decided so. stats().unsampled counts them. Let register() be the first set-up, or sample all there.';
/** In a global scope that a test runner has made: after its end nobody could stop an exporter that cannot send. */
const TEST_MAX_AGE_MS = 60_000;

/**
 * Sends the spans of an OpenTelemetry tracer provider to a PowerRAG server. Nothing here ever throws into the application, and
 * no promise of it rejects.
 */
export class PowerRAGSpanProcessor implements SpanProcessor {
  readonly #traces = new LiveTraces();
  readonly #stats: Stats;
  readonly #sender: Sender;
  readonly #encoder: SpanEncoder;
  readonly #shouldExport: ShouldExportSpan | undefined;
  readonly #appRoots: AppRoots;
  readonly #mask: Mask | undefined;
  readonly #log: Log;
  readonly #spool: Spool | undefined;
  readonly #closeTransport: () => Promise<void>;
  readonly #removeExitHooks: () => void;
  readonly #stopWatching: () => void;
  #shutdown: Promise<ShutdownReport> | undefined;

  constructor(given?: PowerRAGSpanProcessorOptions) {
    // From JavaScript null may come, which no default stands in for.
    const options = given ?? {};
    const clock = options.clock ?? systemClock;
    const log = rateLimitedLog(options.log ?? writeToStandardError, clock);
    const connection = readConnection(options, process.env);
    this.#stats = new Stats(options.onDrop, log);
    const losses = new LossReporter(this.#stats);
    const maxQueueBytes = numberOr(options.maxQueueBytes, 32 * MEBIBYTE);
    const selfMetrics = new SelfMetrics({
      meterProvider: options.meterProvider,
      stats: () => this.stats(),
      maxQueueBytes,
      endpoint: 'problem' in connection ? undefined : connection.url,
    });
    const transport = measured(transportTo(connection, options.gzip, clock, losses, this.#stats), selfMetrics, clock);
    if ('problem' in connection) log.warn(connection.problem);
    else {
      const { proxy, spacedKeys } = connection;
      const noProxy = whyNoProxy();
      if (proxy && noProxy) log.warn(`no proxy is used ${noProxy}: requests go straight to the server.`);
      if (spacedKeys !== undefined) {
        log.warn(
          `white space at the beginning or end, such as the line end of a file, is sent along with ${spacedKeys}. ` +
            'If the server answers 401, take it off.',
        );
      }
    }
    const mask = createMask(options, () =>
      log.warn(
        'a value could not be masked, so a marker is sent in its place. Either mask threw or answered with a promise, or the value ' +
          'has too many objects in it. What was thrown is not told, since it may hold the value.',
      ),
    );
    const batches = new BatchEncoder(mask);
    const appended = new AppendedAttributes(defaultsOf(options), (trace) => this.#traces.refresh(trace), mask);
    const encode = (spans: readonly QueuedSpan[]): Buffer => {
      losses.serves(spans[0]?.resource, mask);
      return batches.encode(spans, appended.forBatch());
    };
    this.#encoder = new SpanEncoder(numberOr(options.maxSpanBytes, 4 * MEBIBYTE), mask);
    this.#shouldExport = options.shouldExportSpan;
    this.#appRoots = new AppRoots(options.shouldExportSpan);
    this.#mask = mask;
    this.#log = log;
    this.#closeTransport = () => transport.close();
    this.#spool = openSpool(options, this.#stats, log, clock);
    this.#sender = new Sender({
      transport,
      encode,
      settle: (resource) => settledResource(resource, clock),
      spool: this.#spool,
      onLeft: ({ bytes, trace }) => {
        bytes.free();
        this.#traces.left(trace);
      },
      stats: this.#stats,
      log,
      clock,
      random: options.random ?? Math.random,
      limits: {
        maxQueueBytes,
        maxBatchSpans: Math.max(1, numberOr(options.flushAt, 512)),
        maxBatchBytes: MEBIBYTE,
        flushIntervalMs: numberOr(options.flushIntervalMs, 500),
        maxInFlight: 8,
        maxAgeMs: numberOr(options.maxAgeMs, isProcessRealm() ? DAY_MS : TEST_MAX_AGE_MS),
      },
    });
    // Where nothing can be sent, what others have left is not taken from them.
    this.#spool?.start('problem' in connection ? undefined : () => this.#sender.wake());
    selfMetrics.start();
    this.#stopWatching = watchUnsampled({
      onUnsampled: () => {
        this.#stats.unsampled += 1;
      },
      onUnsampledParent: () => log.once(UNSAMPLED_PARENT),
    });
    this.#removeExitHooks = options.exitHooks === false ? () => {} : installExitHooks(this);
  }

  onStart(span: Span, parentContext: Context): void {
    if (!isSampled(span)) return;
    try {
      this.#appRoots.started(span, parentContext);
      this.#traces.started(span, {
        remote: remoteAttributes(parentContext),
        scope: scopeAttributes(parentContext),
      });
    } catch {
      // A span that cannot be watched is still sent.
    }
  }

  onEnding(span: Span): void {
    if (!isSampled(span)) return;
    try {
      this.#traces.ending(span);
    } catch {
      // As above.
    }
  }

  onEnd(span: ReadableSpan): void {
    if (!isSampled(span)) {
      this.#stats.unsampled += 1;
      return;
    }
    const wanted = this.#isWanted(span);
    if (wanted) this.#stats.ended += 1;
    try {
      const { trace, given, own } = this.#traces.ended(span);
      const encoded = wanted ? this.#encode(span, given) : undefined;
      if (encoded === undefined) {
        this.#traces.left(trace);
        return;
      }
      if (encoded.truncated) this.#stats.truncated += 1;
      const { resource, instrumentationScope: scope } = span;
      this.#sender.add({ bytes: encoded.bytes, resource, scope, trace, own });
    } catch {
      if (wanted) this.#stats.drop('encode_failed', 1);
    }
  }

  /** What has become of the spans so far. */
  stats(): ExporterStats {
    this.#stats.spoolBytes = this.#spool?.bytes ?? 0;
    return this.#stats.snapshot({ ...this.#sender.pending, oldestMs: this.#sender.oldestMs });
  }

  /**
   * Sends what is queued, in flight or waiting to be sent again, and waits until it has left the process.
   * Spans that end meanwhile are not waited for. Default deadline: 30 seconds. Never rejects; `stats()` says what is left.
   */
  async forceFlush(options?: FlushOptions): Promise<void> {
    await this.#flush(numberOr(options?.timeoutMs, FLUSH_TIMEOUT_MS));
  }

  /**
   * Sends what is left and closes. Takes `timeoutMs` (default 5,000) at most, whatever the server does; never rejects.
   * A second call gets the first one's report.
   */
  shutdown(options?: FlushOptions): Promise<ShutdownReport>;
  /** As OpenTelemetry declares it. */
  shutdown(): Promise<void>;
  shutdown(options?: FlushOptions): Promise<unknown> {
    this.#shutdown ??= this.#close(numberOr(options?.timeoutMs, SHUTDOWN_TIMEOUT_MS));
    return this.#shutdown;
  }

  /** A propagator that takes session ids, and the other attributes of a trace, to the services that are called. */
  sessionPropagator(): TextMapPropagator {
    return new SessionPropagator(this.#traces, this.#mask);
  }

  /** Tells the operator something, through the processor's own rate-limited log. */
  warn(message: string): void {
    this.#log.warn(message);
  }

  /** For the exit hook: nothing can be sent any more. */
  abandon(waitedMs: number | undefined): void {
    const { lost } = this.#sender.close('process_exit');
    this.#spool?.close();
    if (lost === 0) return;
    const mend =
      waitedMs === undefined
        ? 'Await forceFlush() before process.exit(), or give a spoolDirectory, which keeps'
        : `The server did not take them within ${waitedMs / 1_000} s: is it running? A spoolDirectory keeps`;
    this.#log.last(
      `${counted(lost, 'span')} not sent before the process ended, and lost. ${mend} what is left for the next process.`,
    );
  }

  #isWanted(span: ReadableSpan): boolean {
    if (!this.#shouldExport) return true;
    try {
      const wanted = this.#shouldExport({ otelSpan: span });
      if (isThenable(wanted)) {
        ignoreRejection(wanted);
        this.#log.warn('shouldExportSpan answered with a promise, which is not waited for, so the span is sent.');
      }
      return wanted;
    } catch (error) {
      this.#log.warn(`shouldExportSpan failed, so the span is sent: ${errorText(error)}`);
      return true;
    }
  }

  /** The span as bytes; or its loss is counted. */
  #encode(span: ReadableSpan, given: ReadonlyMap<string, unknown> | undefined): Encoded | undefined {
    try {
      return this.#encoder.encode(span, given);
    } catch (error) {
      this.#stats.drop(error instanceof TooLargeError ? 'span_too_large' : 'encode_failed', 1);
      this.#log.warn(`a span could not be encoded and is lost: ${errorText(error)}`);
      return undefined;
    }
  }

  /** As the sender's. Where a test has faked what the network needs, waiting is of no use. */
  async #flush(timeoutMs: number): Promise<boolean> {
    // Nothing is awaited otherwise: which spans are flushed is settled by the call.
    const isFaked = isNextTickReplaced() && (await isNextTickFaked());
    return await this.#sender.flush(isFaked ? Math.min(timeoutMs, FAKED_TIMEOUT_MS) : timeoutMs);
  }

  async #close(timeoutMs: number): Promise<ShutdownReport> {
    const isLate = await this.#flush(timeoutMs);
    const { left } = this.#sender.close('shutdown_deadline');
    this.#spool?.close();
    // Not before: a process that ends in the meantime would neither spool nor tell of what is left.
    this.#removeExitHooks();
    this.#stopWatching();
    try {
      await this.#closeTransport();
    } catch {
      // Its connections are gone either way.
    }
    const { delivered, droppedTotal: dropped, spooled } = this.#stats;
    return { delivered, spooled, dropped, timedOut: isLate && left > 0 };
  }
}

/** Undefined where none is wanted, or it cannot be used, which is then said. */
function openSpool(options: PowerRAGSpanProcessorOptions, stats: Stats, log: Log, clock: Clock): Spool | undefined {
  const directory = options.spoolDirectory || readSpoolDirectory(process.env);
  if (directory === undefined) return undefined;
  const maxBytes = numberOr(options.maxSpoolBytes, 256 * MEBIBYTE);
  const { spoolSync: sync = 'interval' } = options;
  try {
    return new Spool({ directory, maxBytes, sync, stats, log, clock });
  } catch (error) {
    log.warn(`spoolDirectory cannot be used, so spans are kept in memory only: ${String(error)}`);
    return undefined;
  }
}

function transportTo(
  connection: Connection | Unusable,
  gzip: boolean | undefined,
  clock: Clock,
  losses: LossReporter,
  stats: Stats,
): Transport {
  if ('problem' in connection) return unusableTransport();
  const { ca, headers, isLoopback, proxy, url } = connection;
  const encode = (gzip ?? !isLoopback) ? { encode: gzipBody } : {};
  const onResend = (): void => {
    stats.retries += 1;
  };
  return httpTransport({ url, headers, proxy, ca, losses, onResend, wallNow: clock.wallNow, ...encode });
}

function isSampled(span: ReadableSpan): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

function writeToStandardError(line: string): void {
  const { stderr } = process;
  stderr.write(`${line}\n`, (error) => {
    // Whoever read it is gone. Without a listener, the stream's `error` event would end the application.
    if (error && stderr.listenerCount('error') === 0) stderr.once('error', () => {});
  });
}
