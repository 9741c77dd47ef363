import { randomBytes } from 'node:crypto';
import { TRACES_PATH } from '@powerrag/protocol';
import { type SentSpan, toOtlpJson, toOtlpProtobuf } from './otlp.js';

/** One request: a separate trace, and whether the server acknowledged it. */
export interface LedgerBatch {
  readonly spans: readonly SentSpan[];
  readonly encoding: 'json' | 'protobuf';
  acknowledged: boolean;
}

export interface LedgerSenderOptions {
  readonly url: string;
  readonly sessionId: string;
  /** Requests in flight at once. */
  readonly concurrency: number;
  readonly spansPerBatch: number;
  /** Whether only the last span of a batch carries the session id. Default false: all do. */
  readonly isSessionIdLate?: boolean;
}

/**
 * Posts batch after batch, JSON and protobuf alternately, and records which were acknowledged with 200. It does not
 * retry: a lane stops at its first failed request, whose spans stay unacknowledged.
 */
export class LedgerSender {
  readonly batches: LedgerBatch[] = [];
  readonly #options: LedgerSenderOptions;
  readonly #lanes: Promise<void>[];
  #stopped = false;

  constructor(options: LedgerSenderOptions) {
    this.#options = options;
    this.#lanes = Array.from({ length: options.concurrency }, () => this.#send());
  }

  get acknowledgedCount(): number {
    return this.batches.filter((batch) => batch.acknowledged).length;
  }

  /** Starts no further request; resolves when those in flight have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.ended();
  }

  /** Resolves when every lane has failed or was stopped. */
  async ended(): Promise<void> {
    await Promise.all(this.#lanes);
  }

  async #send(): Promise<void> {
    while (!this.#stopped) {
      const batch = newBatch(this.#options, this.batches.length);
      this.batches.push(batch);
      if (!(await post(this.#options.url, batch))) return;
    }
  }
}

/** Sends one batch and notes the acknowledgement. False when the request failed or was answered with anything but 200. */
export async function post(url: string, batch: LedgerBatch): Promise<boolean> {
  const json = batch.encoding === 'json';
  try {
    const response = await fetch(url + TRACES_PATH, {
      method: 'POST',
      headers: { 'content-type': json ? 'application/json' : 'application/x-protobuf' },
      body: json ? toOtlpJson(batch.spans) : new Uint8Array(toOtlpProtobuf(batch.spans)),
    });
    // The status line is the acknowledgement, even if the body fails afterwards.
    if (response.status === 200) batch.acknowledged = true;
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** A batch of one trace with ids of its own, in JSON or protobuf by turns. */
export function newBatch(options: Omit<LedgerSenderOptions, 'url' | 'concurrency'>, index: number): LedgerBatch {
  const { sessionId, spansPerBatch, isSessionIdLate = false } = options;
  const traceId = randomBytes(16).toString('hex');
  const startUnixNano = BigInt(Date.now()) * 1_000_000n;
  const spans = Array.from({ length: spansPerBatch }, (_, step) => ({
    traceId,
    spanId: randomBytes(8).toString('hex'),
    name: `batch ${index}, step ${step}`,
    startUnixNano: startUnixNano + BigInt(step) * 1_000n,
    endUnixNano: startUnixNano + BigInt(step + 1) * 1_000n,
    attributes: {
      ...(isSessionIdLate && step < spansPerBatch - 1 ? {} : { 'session.id': sessionId }),
      note: 'a line of text as a span carries it, with ünïcode',
    },
  }));
  return { spans, encoding: index % 2 === 0 ? 'json' : 'protobuf', acknowledged: false };
}
