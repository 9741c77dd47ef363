import { type Clock, systemClock } from './base/clock.js';
import { counted } from './base/counted.js';
import { isProcessRealm } from './base/realm.js';
import type { Transport } from './base/send-result.js';
import type { ShouldExportSpan } from './choose/filter.js';
import { readSampling } from './choose/sampling-rules.js';
import { type Connection, readConnection } from './config/connection.js';
import { environmentVariables, readVariable } from './config/environment.js';
import { defaultAttributes, numberOr, type PowerRAGSpanProcessorOptions } from './config/options.js';
import { tellServerUrl } from './config/server-url.js';
import { type Unusable, unusableTransport } from './config/unusable.js';
import { BatchEncoder } from './encode/batch.js';
import { SpanEncoder } from './encode/encoder.js';
import { resourceReady } from './encode/resources.js';
import type { Mask } from './encode/value.js';
import { createMask } from './mask/masking.js';
import type { QueuedSpan } from './queue/span-queue.js';
import { DropReporter } from './report/drop-reporter.js';
import { type Log, type RateLimitedLog, rateLimitedLog } from './report/log.js';
import { measured, SelfMetrics } from './report/self-metrics.js';
import { type ExporterStats, Stats } from './report/stats.js';
import { SessionSampler } from './sampling/session-sampler.js';
import { Sender, type SenderLimits } from './sender/sender.js';
import { Spool } from './spool/spool.js';
import { AppRoots } from './traces/app-roots.js';
import { AppendedAttributes } from './traces/appended.js';
import { LiveTraces } from './traces/live-traces.js';
import { gzipBody } from './transport/gzip.js';
import { httpTransport, whyNoProxy } from './transport/http.js';

/** The parts of a span processor, wired together. */
export interface Pipeline {
  readonly traces: LiveTraces;
  readonly appRoots: AppRoots;
  readonly shouldExport: ShouldExportSpan | undefined;
  readonly mask: Mask | undefined;
  readonly encoder: SpanEncoder;
  readonly sender: Sender;
  /** Undefined where every session is sent. */
  readonly sampler: SessionSampler | undefined;
  readonly spool: Spool | undefined;
  readonly transport: Transport;
  readonly stats: Stats;
  readonly log: RateLimitedLog;
  /** The counts of `stats`, and what is pending now. */
  snapshot(): ExporterStats;
}

/** Time and chance. Tests pass their own. */
export interface PipelineTime {
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

const MEBIBYTE = 1024 * 1024;
const DAY_MS = 24 * 60 * 60_000;
/** In the global scope of a test file: once that has ended, nobody could stop an exporter that cannot send. */
const TEST_MAX_AGE_MS = 60_000;

/** Wires the parts of a span processor. Bad options are logged; it never throws. */
export function createPipeline(
  options: PowerRAGSpanProcessorOptions,
  { clock, random }: PipelineTime = { clock: systemClock, random: Math.random },
): Pipeline {
  const variables = environmentVariables();
  const log = rateLimitedLog(options.log ?? writeToStandardError, clock);
  const connection = readConnection(options, variables);
  warnOf(connection, log);
  tellServerUrl(connection);
  const limits = limitsOf(options);
  const stats = new Stats(options.onDrop, log);
  const dropReporter = new DropReporter(stats);
  const selfMetrics = new SelfMetrics({
    meterProvider: options.meterProvider,
    stats: snapshot,
    maxQueueBytes: limits.maxQueueBytes,
    endpoint: 'problem' in connection ? undefined : connection.url,
  });
  const transport = measured(transportTo(connection, options.gzip, clock, dropReporter, stats), selfMetrics, clock);
  const mask = createMask(options, () =>
    log.warn(
      'a value could not be masked, so a marker is sent instead. Either mask threw or returned a promise, or the value ' +
        'contains too many objects. The error is not logged, because it may contain the value.',
    ),
  );
  const traces = new LiveTraces({
    maxOpenBytes: limits.maxQueueBytes,
    onUnwatched() {
      stats.unwatched += 1;
      log.warnOften('unwatched', () => unwatchedMessage(stats.unwatched));
    },
  });
  const batches = new BatchEncoder(mask);
  const appended = new AppendedAttributes(
    defaultAttributes(options, variables),
    (trace) => traces.refresh(trace),
    mask,
  );
  const spool = openSpool(options.spoolDirectory || readVariable('spoolDirectory', variables), options, {
    stats,
    log,
    clock,
  });
  const sender = new Sender({
    transport,
    encode(spans: readonly QueuedSpan[]) {
      dropReporter.nameService(spans[0]?.resource, mask);
      return batches.encode(spans, appended.forBatch());
    },
    resourceReady: (resource) => resourceReady(resource, clock),
    spool,
    onLeft({ bytes, trace }) {
      bytes.free();
      traces.left(trace);
    },
    stats,
    log,
    clock,
    random,
    limits,
  });

  const rules = readSampling(options.sampling ?? readVariable('sampling', variables), log.warn);
  const sampler =
    rules &&
    new SessionSampler({
      rules,
      clock,
      send: (span) => sender.add(span),
      onLeftOut({ bytes, trace }, isEarly) {
        stats.sampledOut += 1;
        bytes.free();
        traces.left(trace);
        if (!isEarly) return;
        stats.sampledOutEarly += 1;
        log.warnOften('sampled out early', () => sampledOutEarlyMessage(stats.sampledOutEarly));
      },
      refresh: (trace) => traces.refresh(trace),
    });

  function snapshot(): ExporterStats {
    const { oldestMs, pending } = sender;
    const { held } = sampler ?? {};
    return stats.snapshot({ ...pending, oldestMs, spoolBytes: spool?.bytes ?? 0, ...(held && { held }) });
  }

  // Without a usable connection, batches of earlier processes are left to others.
  spool?.start('problem' in connection ? undefined : () => sender.wake());
  selfMetrics.start();
  return {
    traces,
    appRoots: new AppRoots(options.shouldExportSpan),
    shouldExport: options.shouldExportSpan,
    mask,
    encoder: new SpanEncoder(numberOr(options.maxSpanBytes, 4 * MEBIBYTE), mask),
    sender,
    sampler,
    spool,
    transport,
    stats,
    log,
    snapshot,
  };
}

function sampledOutEarlyMessage(count: number): string {
  return (
    `${counted(count, 'span')} so far could not wait for an error in their session, because sampling.maxHeldBytes is full. ` +
    'Raise it if sessions with late errors must be complete.'
  );
}

function unwatchedMessage(count: number): string {
  return (
    `${counted(count, 'open span')} so far not watched any more, because more than 10,000 are open or they hold more than ` +
    'maxQueueBytes. Is each observation ended? The session id and other trace attributes set until then are kept.'
  );
}

function warnOf(connection: Connection | Unusable, log: Log): void {
  if ('problem' in connection) {
    log.warn(connection.problem);
    return;
  }
  const { proxy, spacedKeys } = connection;
  const noProxy = whyNoProxy();
  if (proxy && noProxy) log.warn(`the proxy is not used ${noProxy}: requests go directly to the server.`);
  if (spacedKeys === undefined) return;
  log.warn(
    `white space at the beginning or end, such as a line break from a file, is sent as part of ${spacedKeys}. ` +
      'If the server answers 401, remove it.',
  );
}

function limitsOf(options: PowerRAGSpanProcessorOptions): SenderLimits {
  return {
    maxQueueBytes: numberOr(options.maxQueueBytes, 32 * MEBIBYTE),
    maxBatchSpans: Math.max(1, numberOr(options.flushAt, 512)),
    maxBatchBytes: MEBIBYTE,
    flushIntervalMs: numberOr(options.flushIntervalMs, 500),
    maxInFlight: 8,
    maxAgeMs: numberOr(options.maxAgeMs, isProcessRealm() ? DAY_MS : TEST_MAX_AGE_MS),
  };
}

/** Undefined when no directory is set, or when it cannot be used, which is logged. */
function openSpool(
  directory: string | undefined,
  options: PowerRAGSpanProcessorOptions,
  { clock, log, stats }: { readonly clock: Clock; readonly log: Log; readonly stats: Stats },
): Spool | undefined {
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
  dropReporter: DropReporter,
  stats: Stats,
): Transport {
  if ('problem' in connection) return unusableTransport();
  const { ca, headers, isLoopback, proxy, url } = connection;
  const encode = (gzip ?? !isLoopback) ? { encode: gzipBody } : {};
  const onResend = (): void => {
    stats.retries += 1;
  };
  return httpTransport({ url, headers, proxy, ca, dropReporter, onResend, wallNow: clock.wallNow, ...encode });
}

function writeToStandardError(line: string): void {
  const { stderr } = process;
  stderr.write(`${line}\n`, (error) => {
    // The reader is gone. Without a listener, the stream's `error` event would end the application.
    if (error && stderr.listenerCount('error') === 0) stderr.once('error', () => {});
  });
}
