import { type Context, SpanStatusCode, type TextMapPropagator, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { SpanAttributeKeys } from '@powerrag/protocol';
import { errorText } from './base/error-text.js';
import { isNextTickFaked, isNextTickReplaced } from './base/faked.js';
import { ignoreRejection, isThenable } from './base/ignore-rejection.js';
import { completeSdk1Span } from './base/sdk-1.js';
import { watchUnsampled } from './choose/unsampled.js';
import { numberOr, type PowerRAGSpanProcessorOptions } from './config/options.js';
import type { Encoded } from './encode/encoder.js';
import { TooLargeError } from './encode/writer.js';
import { endMessage } from './end-message.js';
import { installExitHooks } from './exit.js';
import { createPipeline, type Pipeline, type PipelineTime } from './pipeline.js';
import type { ExporterStats } from './report/stats.js';
import type { FlushLimits } from './sender/flush-waiters.js';
import { remoteAttributes, SessionPropagator, scopeAttributes } from './traces/session-propagator.js';

export interface FlushOptions {
  /** Most milliseconds to wait. Default: 30,000 for `forceFlush`, 5,000 for `shutdown`. */
  readonly timeoutMs?: number;
}

/** What became of all spans that the processor has received. */
export interface ShutdownReport {
  readonly delivered: number;
  readonly spooled: number;
  readonly dropped: number;
  /** Whether spans were pending at the deadline. False when the server does not accept the keys, since `shutdown` then ends early. */
  readonly timedOut: boolean;
}

const FAKED_TIMEOUT_MS = 500;
const FLUSH_TIMEOUT_MS = 30_000;
const SHUTDOWN_TIMEOUT_MS = 5_000;
const UNSAMPLED_PARENT =
  'an observation is not recorded, because its parent span is not sampled: another tracing set-up, such as Sentry, or the caller ' +
  '(traceparent: …-00) decided so. stats().unsampled counts them. Call register() before the other set-up, or sample everything there.';
const NOT_ENCODED = 'a span could not be encoded and is dropped: ';
const NO_SPAN =
  'onEnd() was called with something that is not a span of OpenTelemetry, so it is not sent. ' +
  'Pass the span itself, as the OpenTelemetry SDK has started it, also from a processor that wraps this one.';

/** Sends the spans of an OpenTelemetry tracer provider to a PowerRAG server. It never throws, and its promises never reject. */
export class PowerRAGSpanProcessor implements SpanProcessor {
  readonly #pipeline: Pipeline;
  readonly #removeExitHooks: () => void;
  readonly #stopWatching: () => void;
  #shutdown: Promise<ShutdownReport> | undefined;

  constructor(options?: PowerRAGSpanProcessorOptions);
  /** @internal For tests, with time and chance of their own. */
  constructor(options: PowerRAGSpanProcessorOptions, time: PipelineTime);
  constructor(options?: PowerRAGSpanProcessorOptions, time?: PipelineTime) {
    // JavaScript code may pass null.
    const given = options ?? {};
    this.#pipeline = createPipeline(given, time);
    const { log, stats } = this.#pipeline;
    this.#stopWatching = watchUnsampled({
      onUnsampled() {
        stats.unsampled += 1;
      },
      onUnsampledParent: () => log.once(UNSAMPLED_PARENT),
    });
    this.#removeExitHooks =
      given.exitHooks === false
        ? () => {}
        : installExitHooks({
            pending: () => this.#pipeline.sender.pending.spans + (this.#pipeline.sampler?.held.spans ?? 0),
            forceFlush: (limits) => {
              // Nothing more comes that could decide it.
              this.#pipeline.sampler?.decideAll();
              return this.#flush(limits);
            },
            closeAtExit: (waitedMs) => this.#closeAtExit(waitedMs),
          });
  }

  /** @internal For `register` and tests. */
  get pipeline(): Pipeline {
    return this.#pipeline;
  }

  onStart(span: Span, parentContext: Context): void {
    const { appRoots, traces } = this.#pipeline;
    try {
      if (!isSampled(span)) return;
      completeSdk1Span(span, parentContext);
      appRoots.started(span, parentContext);
      traces.started(span, { remote: remoteAttributes(parentContext), scope: scopeAttributes(parentContext) });
    } catch {
      // The span, if it is one, is still sent, without attributes of its trace.
    }
  }

  onEnding(span: Span): void {
    try {
      if (isSampled(span)) this.#pipeline.traces.ending(span);
    } catch {
      // As above.
    }
  }

  onEnd(span: ReadableSpan): void {
    const { log, stats } = this.#pipeline;
    try {
      if (!isSampled(span)) {
        stats.unsampled += 1;
        return;
      }
      completeSdk1Span(span);
    } catch {
      log.once(NO_SPAN);
      return;
    }
    this.#ended(span);
  }

  #ended(span: ReadableSpan): void {
    const { log, sampler, sender, stats, traces } = this.#pipeline;
    const isWanted = this.#isWanted(span);
    if (isWanted) stats.ended += 1;
    try {
      const { given, own, trace } = traces.ended(span);
      const encoded = isWanted ? this.#encode(span, given) : undefined;
      if (encoded === undefined) {
        traces.left(trace);
        return;
      }
      if (encoded.truncated) stats.truncated += 1;
      const { resource, instrumentationScope: scope } = span;
      const ended = { bytes: encoded.bytes, resource, scope, trace, own };
      if (sampler) sampler.add(ended, isError(span));
      else sender.add(ended);
    } catch (error) {
      if (!isWanted) return;
      stats.drop('encode_failed', 1);
      log.warn(NOT_ENCODED + errorText(error));
    }
  }

  /** What became of the spans so far. */
  stats(): ExporterStats {
    return this.#pipeline.snapshot();
  }

  /**
   * Sends all pending spans and waits until they have left the process. Spans that end later are not waited for. Never rejects:
   * after the deadline (default 30 seconds), `stats()` has what is still pending.
   */
  async forceFlush(options?: FlushOptions): Promise<void> {
    await this.#flush({ timeoutMs: numberOr(options?.timeoutMs, FLUSH_TIMEOUT_MS) });
  }

  /**
   * Sends all pending spans and closes. Takes at most `timeoutMs` (default 5,000), whatever the server does, and never rejects.
   * A second call returns the report of the first.
   */
  shutdown(options?: FlushOptions): Promise<ShutdownReport>;
  /** The signature that OpenTelemetry declares. */
  shutdown(): Promise<void>;
  shutdown(options?: FlushOptions): Promise<unknown> {
    this.#shutdown ??= this.#close(numberOr(options?.timeoutMs, SHUTDOWN_TIMEOUT_MS));
    return this.#shutdown;
  }

  /** A propagator that passes the session id and the other trace attributes to the services that this one calls. */
  sessionPropagator(): TextMapPropagator {
    return new SessionPropagator(this.#pipeline.traces, this.#pipeline.mask);
  }

  #isWanted(span: ReadableSpan): boolean {
    const { log, shouldExport } = this.#pipeline;
    if (!shouldExport) return true;
    try {
      const isWanted = shouldExport({ otelSpan: span });
      if (isThenable(isWanted)) {
        ignoreRejection(isWanted);
        log.warn('shouldExportSpan returned a promise, which is not awaited, so the span is sent.');
      }
      return isWanted;
    } catch (error) {
      log.warn(`shouldExportSpan threw, so the span is sent: ${errorText(error)}`);
      return true;
    }
  }

  /** The span as bytes; undefined when it cannot be encoded and is dropped. */
  #encode(span: ReadableSpan, given: ReadonlyMap<string, unknown> | undefined): Encoded | undefined {
    const { encoder, log, stats } = this.#pipeline;
    try {
      return encoder.encode(span, given);
    } catch (error) {
      stats.drop(error instanceof TooLargeError ? 'span_too_large' : 'encode_failed', 1);
      log.warn(NOT_ENCODED + errorText(error));
      return undefined;
    }
  }

  /** As `Sender.flush`. Waits only briefly when a test has faked what the network needs. */
  async #flush(limits: FlushLimits): Promise<boolean> {
    // Otherwise nothing is awaited before the flush, so that it covers exactly the spans that ended before the call.
    const isFaked = isNextTickReplaced() && (await isNextTickFaked());
    const timeoutMs = Math.min(limits.timeoutMs, FAKED_TIMEOUT_MS);
    return await this.#pipeline.sender.flush(isFaked ? { timeoutMs } : limits);
  }

  async #close(timeoutMs: number): Promise<ShutdownReport> {
    const { sampler, sender, spool, stats, transport } = this.#pipeline;
    sampler?.close();
    const isLate = await this.#flush({ timeoutMs });
    const { pending } = sender.close('shutdown_deadline');
    spool?.close();
    // Last: if the process ended before, the hooks would still have to spool or report what is pending.
    this.#removeExitHooks();
    this.#stopWatching();
    try {
      await transport.close();
    } catch {
      // The connections are gone either way.
    }
    const { delivered, droppedTotal: dropped, spooled } = stats;
    return { delivered, spooled, dropped, timedOut: isLate && pending > 0 };
  }

  /** The process is ending, so nothing can be sent any more: spools pending spans or drops them. Synchronous. */
  #closeAtExit(waitedMs: number | undefined): void {
    const { log, sampler, sender, spool } = this.#pipeline;
    sampler?.close();
    const { dropped, pending } = sender.close('process_exit');
    spool?.close();
    const unreachable = waitedMs === undefined ? undefined : sender.unreachable;
    const message = endMessage({ dropped, spooled: pending - dropped, waitedMs, unreachable });
    if (message !== undefined) log.last(message);
  }
}

function isError(span: ReadableSpan): boolean {
  return span.status.code === SpanStatusCode.ERROR || span.attributes[SpanAttributeKeys.observationLevel] === 'ERROR';
}

/** @throws TypeError when it is not a span. Whatever wraps the processor, or JavaScript code, may pass anything. */
function isSampled(span: ReadableSpan): boolean {
  if (typeof span.attributes !== 'object') throw new TypeError('not a span');
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}
