import type { Log } from '../base/log.js';
import type { Observation } from '../observation/observation.js';
import type { DecodedSpans, Rejections } from '../otlp/collector.js';
import { decodeJsonSteps } from '../otlp/decode-json.js';
import { decodeProtobufSteps } from '../otlp/decode-protobuf.js';
import type { IngestLimits } from '../otlp/limits.js';
import type { OtlpSpan } from '../otlp/otlp.js';
import { Refusal } from '../otlp/refusal.js';
import { type ObservationWriter, Unstorable } from '../store/contract.js';
import { StoreUnavailable } from '../store/unavailable.js';
import type { OtlpMediaType, RejectedItems } from './answer.js';
import { inflate, type SentBody } from './body.js';
import { boundObservation } from './bound-observation.js';
import { MemoryBudget } from './memory-budget.js';
import { OneAtATime } from './one-at-a-time.js';
import { slicesOf } from './slices.js';
import { type Touched, touchedBy } from './touched.js';
import { inTurns, Turns } from './turns.js';

interface TakenTraces {
  /** Durable spans, including those that were durable before. */
  readonly accepted: number;
  readonly rejected: RejectedItems;
  readonly touched: readonly Touched[];
}

/**
 * Decodes a body and stores its spans. Resolves when every span that it does not count as rejected is durable. Rejects with a
 * `Refusal` if the batch is refused; part of it may be stored then, and merges when the batch is sent again.
 */
export type TakeTraces = (projectId: string, mediaType: OtlpMediaType, body: SentBody) => Promise<TakenTraces>;

export interface TakeTracesDeps {
  readonly writer: ObservationWriter;
  readonly normalise: (span: OtlpSpan) => Observation;
  readonly limits: IngestLimits;
  readonly log: Log;
  /** What else storing these changes. Default: nothing. */
  readonly alsoTouched?: (observations: readonly Observation[]) => readonly Pick<Observation, 'traceId' | 'trace'>[];
}

/** Inflated bytes from which a body is decoded alone, because the decoded spans take several times its memory. */
const LARGE_BYTES = 4 * 1024 * 1024;

/** Decodes and stores traces in this thread. */
export function tracesTaker({ writer, normalise, limits, log, alsoTouched }: TakeTracesDeps): TakeTraces {
  const budget = new MemoryBudget(limits.bytesInWork);
  const large = new OneAtATime();

  async function take(projectId: string, mediaType: OtlpMediaType, body: SentBody): Promise<TakenTraces> {
    const share = budget.open();
    try {
      if (body.encoding === 'identity') share.grow(body.bytes.byteLength);
      const bytes = await inflate(body, limits, share);
      const run = () => takeBytes(projectId, mediaType, bytes);
      return await (bytes.byteLength < LARGE_BYTES ? run() : large.run(run));
    } finally {
      share.release();
    }
  }

  async function takeBytes(projectId: string, mediaType: OtlpMediaType, bytes: Uint8Array): Promise<TakenTraces> {
    const { spans, rejected } = await decode(mediaType, bytes, limits);
    const undecoded = rejected.count;
    const observations = await normaliseAll(spans, normalise, limits, rejected);
    for (const slice of slicesOf(observations, weigh)) await store(projectId, slice, rejected);
    const touched = touchedBy([...observations, ...(alsoTouched?.(observations) ?? [])]);
    const { count, message, byKind } = rejected;
    return { accepted: spans.length - (count - undecoded), rejected: { count, message, byKind }, touched };
  }

  /** Resolves when everything that can be stored is durable and the rest is counted as rejected. */
  async function store(projectId: string, observations: readonly Observation[], rejected: Rejections): Promise<void> {
    if (observations.length === 0) return;
    try {
      await writer.write(projectId, observations);
    } catch (error) {
      // The store logs this once, not with every batch.
      if (error instanceof StoreUnavailable) throw new Refusal(503, error.message);
      log.error('could not store a batch', error);
      const others =
        error instanceof Unstorable
          ? observations.filter((observation) => !error.observations.has(observation))
          : observations;
      // Ends, because each round has fewer spans.
      if (!(error instanceof Unstorable) || others.length === observations.length) {
        throw new Refusal(503, 'The server could not store this batch; send it again.');
      }
      for (const [{ id }, reason] of error.observations)
        rejected.add(`span ${id} cannot be stored: ${reason}`, 1, 'unstorable');
      await store(projectId, others, rejected);
    }
  }

  return async (...sent) => {
    try {
      return await take(...sent);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      // 500 rather than 503: sending the batch again does not help against a bug of ours.
      log.error('ingest failed', error);
      throw new Refusal(500, 'The server failed on this batch; see its log.');
    }
  };
}

function decode(mediaType: OtlpMediaType, body: Uint8Array, limits: IngestLimits): Promise<DecodedSpans> {
  return inTurns(mediaType === 'application/json' ? decodeJsonSteps(body, limits) : decodeProtobufSteps(body, limits));
}

async function normaliseAll(
  spans: readonly OtlpSpan[],
  normalise: (span: OtlpSpan) => Observation,
  limits: IngestLimits,
  rejected: Rejections,
): Promise<Observation[]> {
  const observations: Observation[] = [];
  const turns = new Turns();
  for (const span of spans) {
    await turns.between();
    try {
      observations.push(boundObservation(normalise(span), limits, rejected));
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      rejected.add(`span ${span.spanId} could not be read: ${reason}`, 1, 'unreadable');
    }
  }
  return observations;
}

function weigh({ body }: Observation): number {
  return (body.input?.length ?? 0) + (body.output?.length ?? 0);
}
