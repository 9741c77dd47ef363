import { emptyResource } from '@opentelemetry/resources';
import type { SendResult } from '../base/send-result.js';
import { rateLimitedLog } from '../report/log.js';
import { type OnDrop, Stats } from '../report/stats.js';
import { Sender, type SenderLimits } from '../sender/sender.js';
import { LiveTrace } from '../traces/live-trace.js';
import { FakeClock } from './fake-clock.js';
import { contentOf, queuedBytes } from './queued-bytes.js';

/** A sender whose requests are answered by `answer`, and whose spans are one byte each, which is their number. */
export function startSender(
  answer: (request: number[]) => SendResult | Promise<SendResult>,
  limits: Partial<SenderLimits> = {},
  onDrop?: OnDrop,
) {
  const clock = new FakeClock();
  const stats = new Stats(onDrop);
  const requests: { at: number; spans: number[] }[] = [];
  const lines: string[] = [];
  let left = 0;
  let inFlight = 0;
  const most = { inFlight: 0 };
  const sender = new Sender({
    transport: {
      send: async (body) => {
        const spans = [...body];
        requests.push({ at: clock.now(), spans });
        inFlight += 1;
        most.inFlight = Math.max(most.inFlight, inFlight);
        try {
          return await answer(spans);
        } finally {
          inFlight -= 1;
        }
      },
      close: async () => {},
    },
    encode: (spans) => Buffer.concat(spans.map(({ bytes }) => contentOf(bytes))),
    resourceReady: async () => {},
    onLeft: () => {
      left += 1;
    },
    stats,
    log: rateLimitedLog((line) => lines.push(line), clock),
    clock,
    random: () => 0.5,
    limits: {
      maxQueueBytes: 1_000_000,
      maxBatchSpans: 10,
      maxBatchBytes: 1_000_000,
      flushIntervalMs: 500,
      maxInFlight: 4,
      maxAgeMs: 60_000,
      ...limits,
    },
  });
  const resource = emptyResource();
  const add = (...numbers: number[]): void => {
    for (const number of numbers) {
      sender.add({
        bytes: queuedBytes(number),
        resource,
        scope: { name: '' },
        trace: new LiveTrace('t'),
        own: undefined,
      });
    }
  };
  return { add, clock, lines, most, requests, sender, stats, left: () => left };
}
