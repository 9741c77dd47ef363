import { emptyResource } from '@opentelemetry/resources';
import { expect, it } from 'vitest';
import type { SendResult } from '../base/send-result.js';
import { Stats } from '../report/stats.js';
import { FakeClock } from '../testing/fake-clock.js';
import { contentOf, queuedBytes } from '../testing/queued-bytes.js';
import { LiveTrace } from '../traces/live-trace.js';
import { Sender } from './sender.js';

const CLIENTS = 100;
const DOWN_MS = 60_000;
/** The longest wait between two attempts: by then every client has come back. */
const RETURN_MS = 30_000;

/** The generator known as mulberry32: the same numbers for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * So many senders, each with one span, begin together at a server that answers `refusal` for the first minute. Returns when
 * each came back to it after that minute, in milliseconds since its end.
 */
async function comebacks(refusal: SendResult, randomOf: (client: number) => () => number): Promise<number[]> {
  const clock = new FakeClock();
  const upAt = clock.now() + DOWN_MS;
  const returnedAt = new Map<number, number>();
  const senders = Array.from({ length: CLIENTS }, (_, client) => {
    const send = async (): Promise<SendResult> => {
      if (clock.now() < upAt) return refusal;
      if (!returnedAt.has(client)) returnedAt.set(client, clock.now() - upAt);
      return { status: 'accepted', rejectedSpans: 0, message: undefined };
    };
    const sender = new Sender({
      transport: { send, close: async () => {} },
      encode: ([span]) => (span ? contentOf(span.bytes) : Buffer.alloc(0)),
      resourceReady: async () => {},
      onLeft: () => {},
      stats: new Stats(),
      log: { warn: () => {}, last: () => {} },
      clock,
      random: randomOf(client),
      limits: {
        maxQueueBytes: 1_000,
        maxBatchSpans: 1,
        maxBatchBytes: 1_000,
        flushIntervalMs: 500,
        maxInFlight: 4,
        maxAgeMs: 600_000,
      },
    });
    const trace = new LiveTrace('t');
    sender.add({ bytes: queuedBytes(1), resource: emptyResource(), scope: { name: '' }, trace, own: undefined });
    return sender;
  });
  await clock.advance(DOWN_MS + RETURN_MS);
  for (const sender of senders) sender.close('shutdown_deadline');
  return [...returnedAt.values()];
}

/** The most of these moments that fall within one second, beside the mean over the time in which they may. */
function peakToMean(moments: readonly number[]): number {
  const peak = Math.max(...moments.map((from) => moments.filter((at) => at >= from && at < from + 1_000).length));
  return peak / (moments.length / (RETURN_MS / 1_000));
}

const unavailable: SendResult = { status: 'retryable', afterMs: undefined, message: 'the server answered 503' };

it('a hundred clients that failed together do not return together (E25)', async () => {
  const moments = await comebacks(unavailable, seededRandom);
  expect(moments).toHaveLength(CLIENTS);
  expect(peakToMean(moments)).toBeLessThan(5);
});

it('without random pauses they would all return in the same second (E25)', async () => {
  const moments = await comebacks(unavailable, () => () => 0.5);
  expect(peakToMean(moments)).toBe(RETURN_MS / 1_000);
});

it('clients with the same Retry-After return spread over a tenth of it (E25)', async () => {
  const moments = await comebacks({ ...unavailable, afterMs: DOWN_MS }, seededRandom);
  expect(moments).toHaveLength(CLIENTS);
  expect(Math.max(...moments)).toBeGreaterThan(DOWN_MS * 0.05);
  expect(Math.max(...moments)).toBeLessThanOrEqual(DOWN_MS * 0.1);
  // As many a second as the six seconds allow, more or less.
  expect(peakToMean(moments)).toBeLessThan(10);
});
