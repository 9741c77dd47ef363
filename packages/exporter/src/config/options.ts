import type { AttributeValue, MeterProvider } from '@opentelemetry/api';
import { SpanAttributeKeys } from '@powerrag/protocol';
import type { Clock } from '../base/clock.js';
import type { ShouldExportSpan } from '../choose/filter.js';
import type { MaskingOptions } from '../mask/masking.js';
import type { OnDrop } from '../report/stats.js';
import type { SpoolSync } from '../spool/spool.js';
import { type ConnectionOptions, readEnvironment, readRelease } from './settings.js';

export interface PowerRAGSpanProcessorOptions extends ConnectionOptions, MaskingOptions {
  /** The environment of every span that has none, such as `production`. Default: `POWERRAG_ENVIRONMENT`. */
  readonly environment?: string;
  /** The release of every span that has none. Default: `POWERRAG_RELEASE`. */
  readonly release?: string;
  /** Whether a span that has ended is sent. Default: all are. `llmSpansOnly` is a ready-made choice. */
  readonly shouldExportSpan?: ShouldExportSpan;
  /** Whether requests are compressed, with gzip. Default: true, unless the server is on this machine. */
  readonly gzip?: boolean;
  /** Spans in one request at most. Default 512. */
  readonly flushAt?: number;
  /** Milliseconds that a span waits at most for others to share its request. Default 500. */
  readonly flushIntervalMs?: number;
  /** Bytes of encoded spans held at most; beyond it new spans are dropped and counted. Default 32 MiB. */
  readonly maxQueueBytes?: number;
  /** Bytes of one encoded span at most; the texts of a larger one are cut, with a mark. Default 4 MiB. */
  readonly maxSpanBytes?: number;
  /** Milliseconds after which a span is dropped when a request with it fails; until one does, it is still sent. Default 24 hours. */
  readonly maxAgeMs?: number;
  /**
   * Called with the reason and the number of spans of each loss, and with the status code if the server refused them. What it
   * throws is ignored. Default: none.
   */
  readonly onDrop?: OnDrop;
  /** Gets each log line: the first of its kind at once, then at most one a minute. Default: standard error. */
  readonly log?: (line: string) => void;
  /** Where the exporter's own metrics go. Default: the global meter provider, from the first request on that finds one. */
  readonly meterProvider?: MeterProvider;
  /**
   * A directory in which spans are kept until the server has them, so that neither an outage nor the death of the process
   * loses them; the next process that has the same directory sends what is left. Made with mode 0700 if it is not there.
   * Default: `POWERRAG_SPOOL_DIRECTORY`, else none, and spans are kept in memory only.
   */
  readonly spoolDirectory?: string;
  /**
   * When spooled spans are made to survive a loss of power, too: within half a second (`interval`), before they are sent
   * (`batch`), or when the system gets round to it (`none`). Default `interval`.
   */
  readonly spoolSync?: SpoolSync;
  /**
   * Bytes that the spool directory holds at most, whoever has written them; beyond it spans are kept in memory only. Of several
   * processes that share it, each but one may exceed it by a file: 8 MiB, or an eighth of this if that is less. Default 256 MiB.
   */
  readonly maxSpoolBytes?: number;
  /** Whether to send what is left when the process ends by itself or by a signal. Default true. */
  readonly exitHooks?: boolean;
  /** For tests. */
  readonly clock?: Clock;
  /** For tests. From 0 up to, not including, 1. */
  readonly random?: () => number;
}

/**
 * A number that the application gives, be it as text; the default where it is none, such as NaN, which
 * `Number(process.env.NOT_SET)` is.
 */
export function numberOr(value: unknown, byDefault: number): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && !Number.isNaN(number) ? number : byDefault;
}

/** The attributes that every span is to have, where neither it nor its trace has a value of its own. */
export function defaultsOf(options: PowerRAGSpanProcessorOptions): ReadonlyMap<string, AttributeValue> {
  const defaults = new Map<string, AttributeValue>();
  const environment = options.environment || readEnvironment(process.env);
  const release = options.release || readRelease(process.env);
  if (environment !== undefined) defaults.set(SpanAttributeKeys.environment, environment);
  if (release !== undefined) defaults.set(SpanAttributeKeys.release, release);
  return defaults;
}
