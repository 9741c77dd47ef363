import {
  type Attributes,
  type BatchObservableResult,
  createNoopMeter,
  type Histogram,
  type Meter,
  type MeterProvider,
  metrics,
} from '@opentelemetry/api';
import type { Clock } from '../base/clock.js';
import { isProcessRealm } from '../base/realm.js';
import type { SendResult, Transport } from '../base/send-result.js';
import { VERSION } from '../base/version.js';
import type { DropReason, ExporterStats } from './stats.js';

export interface SelfMetricsOptions {
  /** Default: the global one, once one is registered. */
  readonly meterProvider: MeterProvider | undefined;
  readonly stats: () => ExporterStats;
  readonly maxQueueBytes: number;
  /** The URL that spans are sent to. */
  readonly endpoint: URL | undefined;
}

/** Drops that count for the exporter; all others count for the processor. */
const EXPORTER_DROPS = ['rejected', 'refused'] as const satisfies readonly DropReason[];

const INSTRUMENTS = {
  queued: {
    name: 'otel.sdk.processor.span.queue.size',
    unit: '{span}',
    description: 'Spans that wait, in memory or in the spool',
  },
  processed: {
    name: 'otel.sdk.processor.span.processed',
    unit: '{span}',
    description: 'Spans that are finished; with `error.type`, spans dropped before a request, by reason',
  },
  inFlight: {
    name: 'otel.sdk.exporter.span.inflight',
    unit: '{span}',
    description: 'Spans in requests that are not finished',
  },
  exported: {
    name: 'otel.sdk.exporter.span.exported',
    unit: '{span}',
    description: 'Spans that the server accepted; with `error.type`, spans that it rejected or refused',
  },
  queueBytes: {
    name: 'powerrag.exporter.queue.bytes',
    unit: 'By',
    description: 'Bytes of spans in memory',
  },
  maxQueueBytes: {
    name: 'powerrag.exporter.queue.max_bytes',
    unit: 'By',
    description: 'Most bytes of spans in memory: `maxQueueBytes`',
  },
  retries: {
    name: 'powerrag.exporter.retries',
    unit: '{request}',
    description: 'Requests that failed and whose spans were kept for a retry',
  },
  duration: {
    name: 'otel.sdk.exporter.operation.duration',
    unit: 's',
    description: 'Duration of each request; with `error.type`, if not accepted: the status code or the kind of failure',
  },
} as const;

/** Number of processors created in this process, which numbers their component names. */
let instances = 0;

/**
 * Reports the counts of `stats()` as OpenTelemetry metrics, named after the semantic conventions for SDKs. They are read when a
 * meter provider collects. Without one, each request only checks whether there is one now.
 *
 * `otel.sdk.processor.span.queue.capacity` is missing, because the queue is bounded by bytes: see `powerrag.exporter.*`.
 */
export class SelfMetrics {
  readonly #options: SelfMetricsOptions;
  readonly #processor: Attributes;
  readonly #exporter: Attributes;
  #isStarted = false;
  #duration: Histogram | undefined;

  constructor(options: SelfMetricsOptions) {
    this.#options = options;
    this.#processor = component('powerrag_span_processor', instances);
    this.#exporter = { ...component('otlp_http_span_exporter', instances), ...addressOf(options.endpoint) };
    instances += 1;
  }

  /** Starts reporting if there is a meter provider now. */
  start(): void {
    if (this.#isStarted) return;
    try {
      const provider = this.#options.meterProvider ?? metrics.getMeterProvider();
      const meter = provider.getMeter('@powerrag/exporter', VERSION);
      // Without a registered provider, the API returns a meter that does nothing.
      if (meter === createNoopMeter()) return;
      this.#isStarted = true;
      this.#instrument(meter);
    } catch {
      this.#isStarted = true;
    }
  }

  /** A request has ended. */
  requestEnded(ms: number, result: SendResult): void {
    try {
      this.#duration?.record(ms / 1_000, {
        ...this.#exporter,
        ...(result.status === 'accepted' ? {} : { 'error.type': String(result.statusCode ?? result.status) }),
      });
    } catch {
      // A failing meter must not stop the sender.
    }
  }

  #instrument(meter: Meter): void {
    const upDown = (instrument: Instrument) => meter.createObservableUpDownCounter(instrument.name, instrument);
    const counter = (instrument: Instrument) => meter.createObservableCounter(instrument.name, instrument);
    const instruments = {
      queued: upDown(INSTRUMENTS.queued),
      processed: counter(INSTRUMENTS.processed),
      inFlight: upDown(INSTRUMENTS.inFlight),
      exported: counter(INSTRUMENTS.exported),
      queueBytes: upDown(INSTRUMENTS.queueBytes),
      maxQueueBytes: upDown(INSTRUMENTS.maxQueueBytes),
      retries: counter(INSTRUMENTS.retries),
    };
    this.#duration = meter.createHistogram(INSTRUMENTS.duration.name, INSTRUMENTS.duration);
    // Never removed, because the last collection comes after shutdown and must include what that dropped.
    meter.addBatchObservableCallback(
      (result) => this.#observe(result, instruments, this.#options.stats()),
      Object.values(instruments),
    );
  }

  #observe(result: BatchObservableResult, to: Instruments, stats: ExporterStats): void {
    const { delivered, dropped, inFlight, pending, pendingBytes, refusedByStatus, retries, spooled } = stats;
    result.observe(to.queued, pending - inFlight, this.#processor);
    const answered = EXPORTER_DROPS.reduce((sum, reason) => sum + dropped[reason], 0);
    result.observe(to.processed, delivered + spooled + answered, this.#processor);
    result.observe(to.inFlight, inFlight, this.#exporter);
    result.observe(to.exported, delivered, this.#exporter);
    let unanswered = dropped.refused;
    for (const [status, count] of Object.entries(refusedByStatus)) {
      unanswered -= count;
      result.observe(to.exported, count, { ...this.#exporter, 'error.type': status });
    }
    for (const [reason, count] of Object.entries({ ...dropped, refused: unanswered })) {
      if (count === 0) continue;
      const isExporters = EXPORTER_DROPS.some((each) => each === reason);
      result.observe(isExporters ? to.exported : to.processed, count, {
        ...(isExporters ? this.#exporter : this.#processor),
        'error.type': reason === 'after_shutdown' ? 'already_shutdown' : reason,
      });
    }
    result.observe(to.queueBytes, pendingBytes, this.#processor);
    result.observe(to.maxQueueBytes, this.#options.maxQueueBytes, this.#processor);
    result.observe(to.retries, retries, this.#exporter);
  }
}

type Instrument = (typeof INSTRUMENTS)[keyof typeof INSTRUMENTS];

type Instruments = Readonly<
  Record<Exclude<keyof typeof INSTRUMENTS, 'duration'>, Parameters<BatchObservableResult['observe']>[0]>
>;

/** Measures the requests of a transport. */
export function measured(inner: Transport, selfMetrics: SelfMetrics, clock: Clock): Transport {
  return {
    async send(body, signal) {
      // A test runner may have torn down its global scope, including OpenTelemetry's registrations.
      if (isProcessRealm()) selfMetrics.start();
      const startedAt = clock.now();
      const result = await inner.send(body, signal);
      selfMetrics.requestEnded(clock.now() - startedAt, result);
      return result;
    },
    close: () => inner.close(),
  };
}

function component(type: string, instance: number): Attributes {
  return { 'otel.component.type': type, 'otel.component.name': `${type}/${instance}` };
}

function addressOf(endpoint: URL | undefined): Attributes {
  if (!endpoint) return {};
  const port = endpoint.port === '' ? (endpoint.protocol === 'https:' ? 443 : 80) : Number(endpoint.port);
  return { 'server.address': endpoint.hostname.replace(/^\[|\]$/g, ''), 'server.port': port };
}
