import type { AttributeValue, MeterProvider } from '@opentelemetry/api';
import { SpanAttributeKeys } from '@powerrag/protocol';
import type { ShouldExportSpan } from '../choose/filter.js';
import type { SamplingOptions } from '../choose/sampling-rules.js';
import type { MaskingOptions } from '../mask/masking.js';
import type { OnDrop } from '../report/stats.js';
import type { SpoolSync } from '../spool/spool.js';
import type { ConnectionOptions } from './connection.js';
import { readVariable, type Variables } from './environment.js';

export interface PowerRAGSpanProcessorOptions extends ConnectionOptions, MaskingOptions {
  /** The environment of every span that has none, such as `production`. Default: `POWERRAG_ENVIRONMENT`. */
  readonly environment?: string;
  /** The release of every span that has none. Default: `POWERRAG_RELEASE`. */
  readonly release?: string;
  /** Decides whether a span is sent. `llmSpansOnly` is a ready-made filter. Default: every span is sent. */
  readonly shouldExportSpan?: ShouldExportSpan;
  /**
   * Which sessions are sent: the share of them as a number from 0 to 1, or `SamplingOptions`, which also keep every session with an
   * error, of some users or with some tags. A session is sent as a whole or not at all, by a hash of its id. Default:
   * `POWERRAG_SAMPLING`, else every session.
   */
  readonly sampling?: number | SamplingOptions;
  /** Whether to compress requests with gzip. Default: true, unless the server is on this machine. */
  readonly gzip?: boolean;
  /** Most spans in one request. Default 512. */
  readonly flushAt?: number;
  /** Most milliseconds that a span waits for others to share its request. Default 500. */
  readonly flushIntervalMs?: number;
  /** Most bytes of encoded spans in memory. Above it, new spans are dropped and counted. Default 32 MiB. */
  readonly maxQueueBytes?: number;
  /** Most bytes of one encoded span. Texts of a larger span are cut, with a mark. Default 4 MiB. */
  readonly maxSpanBytes?: number;
  /** Milliseconds after which a span is dropped if a request with it fails. Until one fails, it is sent at any age. Default 24 hours. */
  readonly maxAgeMs?: number;
  /**
   * Called when spans are dropped: with the reason, the number of spans, and the status code if the server refused them. Errors
   * it throws are ignored. Default: none.
   */
  readonly onDrop?: OnDrop;
  /** Receives log lines: the first of each kind at once, then at most one per minute. Default: standard error. */
  readonly log?: (line: string) => void;
  /** Receives the exporter's own metrics. Default: the global meter provider, once there is one when a request is sent. */
  readonly meterProvider?: MeterProvider;
  /**
   * A directory that keeps spans on disk until the server has them, so that they survive an outage and the end of the process.
   * The next process with the same directory sends what is left. Created with mode 0700 if missing. Default:
   * `POWERRAG_SPOOL_DIRECTORY`, else none: spans are in memory only.
   */
  readonly spoolDirectory?: string;
  /**
   * When spooled spans are synced to disk, to survive a power failure: within half a second (`interval`), before they are sent
   * (`batch`), or when the system does it (`none`). Default `interval`.
   */
  readonly spoolSync?: SpoolSync;
  /**
   * Most bytes in the spool directory, written by any process. Above it, spans are in memory only. Each process that shares the
   * directory with others may exceed it by one file: 8 MiB, or an eighth of this option if that is less. Default 256 MiB.
   */
  readonly maxSpoolBytes?: number;
  /** Whether to send pending spans when the process ends by itself or by a signal. Default true. */
  readonly exitHooks?: boolean;
}

/**
 * The number that the application passes, also as text; `fallback` if it is not a number, or is NaN, such as
 * `Number(process.env.NOT_SET)`.
 */
export function numberOr(value: unknown, fallback: number): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && !Number.isNaN(number) ? number : fallback;
}

/** Trace attributes for spans that have no value of their own or of their trace. */
export function defaultAttributes(
  options: PowerRAGSpanProcessorOptions,
  variables: Variables,
): ReadonlyMap<string, AttributeValue> {
  const defaults = new Map<string, AttributeValue>();
  const environment = options.environment || readVariable('environment', variables);
  const release = options.release || readVariable('release', variables);
  if (environment !== undefined) defaults.set(SpanAttributeKeys.environment, environment);
  if (release !== undefined) defaults.set(SpanAttributeKeys.release, release);
  return defaults;
}
