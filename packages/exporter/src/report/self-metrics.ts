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
  /** Default: the global one, as soon as there is one that is more than a placeholder. */
  readonly meterProvider: MeterProvider | undefined;
  readonly stats: () => ExporterStats;
  readonly maxQueueBytes: number;
  /** Where spans are sent. */
  readonly endpoint: URL | undefined;
}

/** What became of spans that were handed to the exporter; all other losses happen before. */
const EXPORTER_LOSSES: ReadonlySet<string> = new Set(['rejected', 'refused'] satisfies DropReason[]);

/** What each instrument is called, and what it tells to whoever reads it. */
const INSTRUMENTS = {
  queued: {
    name: 'otel.sdk.processor.span.queue.size',
    unit: '{span}',
    description: 'Spans that wait, in memory or in the spool',
  },
  processed: {
    name: 'otel.sdk.processor.span.processed',
    unit: '{span}',
    description: 'Spans that are done with; with `error.type`, those lost before a request, by reason',
  },
  inFlight: {
    name: 'otel.sdk.exporter.span.inflight',
    unit: '{span}',
    description: 'Spans in requests that are not answered yet',
  },
  exported: {
    name: 'otel.sdk.exporter.span.exported',
    unit: '{span}',
    description: 'Spans that the server has; with `error.type`, those that it rejected, or refused with that status',
  },
  queueBytes: {
    name: 'powerrag.exporter.queue.bytes',
    unit: 'By',
    description: 'Bytes of spans held in memory',
  },
  maxQueueBytes: {
    name: 'powerrag.exporter.queue.max_bytes',
    unit: 'By',
    description: 'The most bytes that may be held: `maxQueueBytes`',
  },
  retries: {
    name: 'powerrag.exporter.retries',
    unit: '{request}',
    description: 'Requests that failed and were sent again',
  },
  duration: {
    name: 'otel.sdk.exporter.operation.duration',
    unit: 's',
    description: 'How long each request took; with `error.type`, the status if there is one, where it was not accepted',
  },
} as const;

/** How many processors this process has had; the last part of a component's name. */
let instances = 0;

/**
 * The counts of `stats()` as OpenTelemetry metrics, under the names of its semantic conventions for SDKs. They are read when a
 * meter provider collects; with none, nothing is done but to look for one with each request.
 *
 * `otel.sdk.processor.span.queue.capacity` is left out: the queue is bounded in bytes, so that is what `powerrag.exporter.*` tell.
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

  /** Begins to report, if there is a meter provider by now. */
  start(): void {
    if (this.#isStarted) return;
    try {
      const provider = this.#options.meterProvider ?? metrics.getMeterProvider();
      const meter = provider.getMeter('@powerrag/exporter', VERSION);
      // The API has no provider that stands in until the real one comes, only a meter that does nothing.
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
      // A meter that fails must not stop the sender.
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
    // Never taken back: what was lost at shutdown is to be in the last collection, which comes after it.
    meter.addBatchObservableCallback(
      (result) => this.#observe(result, instruments, this.#options.stats()),
      Object.values(instruments),
    );
  }

  #observe(result: BatchObservableResult, to: Instruments, stats: ExporterStats): void {
    const { delivered, dropped, inFlight, pending, pendingBytes, refusedByStatus, retries, spooled } = stats;
    result.observe(to.queued, pending - inFlight, this.#processor);
    result.observe(to.processed, delivered + spooled + dropped.rejected + dropped.refused, this.#processor);
    result.observe(to.inFlight, inFlight, this.#exporter);
    result.observe(to.exported, delivered, this.#exporter);
    let unanswered = dropped.refused;
    for (const [status, count] of Object.entries(refusedByStatus)) {
      unanswered -= count;
      result.observe(to.exported, count, { ...this.#exporter, 'error.type': status });
    }
    for (const [reason, count] of Object.entries({ ...dropped, refused: unanswered })) {
      if (count === 0) continue;
      const isExporters = EXPORTER_LOSSES.has(reason);
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

/** A transport whose requests are measured. */
export function measured(inner: Transport, selfMetrics: SelfMetrics, clock: Clock): Transport {
  return {
    async send(body, signal) {
      // A test runner may have torn down its global scope by now, and with it what is registered with OpenTelemetry.
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
