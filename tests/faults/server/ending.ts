import { LedgerSender } from '../../support/ledger-sender.js';
import { storedIds } from '../../support/loss.js';
import { waitFor } from '../../support/wait-for.js';
import type { ServerScenario } from './scenario.js';

const TIMES = 10;

export const sigterm: ServerScenario = {
  fault: 'SIGTERM under load',
  load: `${TIMES} times, with 8 requests at once of 50 spans`,
  expected: 'it ends with code 0, and every acknowledged span is stored',
  tests: ['tests/faults/server-crash.test.ts'],
  async run({ start }) {
    let server = await start();
    let acknowledged = 0;
    let dropped = 0;
    let longestMs = 0;
    for (let n = 1; n <= TIMES; n += 1) {
      const sessionId = `sigterm-${n}`;
      const sender = new LedgerSender({ url: server.url, sessionId, concurrency: 8, spansPerBatch: 50 });
      await waitFor(() => sender.acknowledgedCount > 20, { what: 'twenty acknowledgements' });
      const startedMs = performance.now();
      await server.stop();
      longestMs = Math.max(longestMs, performance.now() - startedMs);
      await sender.ended();
      server = await start(server.database);
      const present = new Set(await storedIds(server.url, sessionId));
      const spans = sender.batches.filter((batch) => batch.acknowledged).flatMap((batch) => batch.spans);
      acknowledged += spans.length;
      dropped += spans.filter(({ spanId }) => !present.has(spanId)).length;
    }
    return {
      held: dropped === 0,
      figures: { 'acknowledged spans': acknowledged, dropped, 'slowest end (ms)': Math.round(longestMs) },
    };
  },
};
