import { setImmediate } from 'node:timers/promises';
import { OTLP_TRACES_PATH, TRACES_PATH } from '@powerrag/protocol';
import type { Hono } from 'hono';
import type { Log } from '../base/log.js';
import type { ClientReports } from '../clients/client-reports.js';
import type { Observation } from '../observation/observation.js';
import type { DecodedSpans, Rejections } from '../otlp/collector.js';
import { decodeJson } from '../otlp/decode-json.js';
import { decodeProtobuf } from '../otlp/decode-protobuf.js';
import type { IngestLimits } from '../otlp/limits.js';
import type { OtlpSpan } from '../otlp/otlp.js';
import { Refusal } from '../otlp/refusal.js';
import { operation } from '../routes/operation.js';
import type { ServerEnv } from '../routes/principal.js';
import { type ObservationWriter, Unstorable } from '../store/contract.js';
import { StoreUnavailable } from '../store/unavailable.js';
import { exportResponse, type OtlpMediaType } from './answer.js';
import { readBody } from './body.js';
import { boundObservation } from './bound-observation.js';
import { MemoryBudget } from './memory-budget.js';
import { otlpEndpoint } from './otlp-endpoint.js';

export interface IngestDeps {
  readonly writer: ObservationWriter;
  readonly normalise: (span: OtlpSpan) => Observation;
  readonly limits: IngestLimits;
  readonly log: Log;
  /** Keeps what clients report of themselves. Default: reports are ignored. */
  readonly clientReports?: ClientReports;
  /** Of the bodies of all requests in work, shared with other endpoints. Default: one of its own. */
  readonly budget?: MemoryBudget;
}

const MEDIA_TYPES = ['application/x-protobuf', 'application/json'];
const OPERATION = operation({
  summary: 'Send traces',
  description:
    'OTLP over HTTP: an `ExportTraceServiceRequest`, plain or gzip. Errors are a `google.rpc.Status` in its encoding.',
  tag: 'ingest',
  body: MEDIA_TYPES,
  answer: MEDIA_TYPES,
  errors: [405, 413, 415, 503],
});

/** Accepts OTLP traces. 200 means that every span that a partial success does not count is durable. */
export function createIngest(deps: IngestDeps): Hono<ServerEnv> {
  const { clientReports, writer, normalise, limits, log, budget = new MemoryBudget(limits.bytesInWork) } = deps;

  async function ingest(request: Request, mediaType: OtlpMediaType, projectId: string): Promise<Response> {
    const share = budget.open();
    try {
      const decoded = decode(mediaType, await readBody(request, limits, share), limits);
      const observations = await normaliseAll(decoded, normalise, limits);
      await store(projectId, observations, decoded.rejected);
      // Only with a 200, which tells the client that its report was received.
      clientReports?.receive(projectId, request.headers);
      return exportResponse(mediaType, decoded.rejected);
    } finally {
      share.release();
    }
  }

  /** Resolves when everything that can be stored is durable and the rest is rejected. */
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
      // There are fewer each time, so this ends.
      if (!(error instanceof Unstorable) || others.length === observations.length) {
        throw new Refusal(503, 'The server could not store this batch; send it again.');
      }
      for (const [{ id }, reason] of error.observations) rejected.add(`span ${id} cannot be stored: ${reason}`);
      await store(projectId, others, rejected);
    }
  }

  /** A fault of ours is not a reason to send the batch again: 500, not 503. */
  async function take(request: Request, mediaType: OtlpMediaType, projectId: string): Promise<Response> {
    try {
      return await ingest(request, mediaType, projectId);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      log.error('ingest failed', error);
      throw new Refusal(500, 'The server failed on this batch; see its log.');
    }
  }

  return otlpEndpoint([OTLP_TRACES_PATH, TRACES_PATH], log, OPERATION, take);
}

function decode(mediaType: OtlpMediaType, body: Uint8Array, limits: IngestLimits): DecodedSpans {
  return mediaType === 'application/json' ? decodeJson(body, limits) : decodeProtobuf(body, limits);
}

/** Attributes to normalise before other requests get a turn. */
const ATTRIBUTES_AT_A_TIME = 20_000;

async function normaliseAll(
  decoded: DecodedSpans,
  normalise: (span: OtlpSpan) => Observation,
  limits: IngestLimits,
): Promise<Observation[]> {
  const observations: Observation[] = [];
  let attributes = 0;
  for (const span of decoded.spans) {
    attributes += span.attributes.size;
    if (attributes > ATTRIBUTES_AT_A_TIME) {
      attributes = 0;
      await setImmediate();
    }
    try {
      observations.push(boundObservation(normalise(span), limits, decoded.rejected));
    } catch (error) {
      decoded.rejected.add(`span ${span.spanId} could not be read: ${error instanceof Error ? error.message : error}`);
    }
  }
  return observations;
}
