import { setTimeout as sleep } from 'node:timers/promises';
import { getJson } from '../../support/http.js';
import { LedgerSender } from '../../support/ledger-sender.js';
import { storedIds } from '../../support/loss.js';
import { seededRandom } from '../../support/random.js';
import { waitFor } from '../../support/wait-for.js';
import type { ServerScenario } from './scenario.js';

const KILLS = 100;

export const crash: ServerScenario = {
  fault: 'SIGKILL at a random moment while traces come in, their session id on the last span only',
  load: `${KILLS} kills, each followed by a restart; 4 requests at once of 7 spans`,
  expected: 'every acknowledged span stored, each once, and the totals of the sessions equal to a recount',
  tests: ['tests/faults/server-crash.test.ts'],
  async run({ start }) {
    const random = seededRandom(100);
    let server = await start();
    const figures = { 'acknowledged spans': 0, dropped: 0, 'stored twice': 0, 'wrong totals': 0 };
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const sessionId = `kill-${kill}`;
      const options = { url: server.url, sessionId, concurrency: 4, spansPerBatch: 7, isSessionIdLate: true };
      const sender = new LedgerSender(options);
      await waitFor(() => sender.acknowledgedCount > 0, { what: 'an acknowledgement' });
      await sleep(random() * 300);
      await server.kill();
      await sender.ended();
      server = await start(server.database);
      const stored = await storedIds(server.url, sessionId);
      const present = new Set(stored);
      const acknowledged = sender.batches.filter((batch) => batch.acknowledged).flatMap(({ spans }) => spans);
      const { data } = await getJson<{ data: { id: string; observationCount: number }[] }>(
        `${server.url}/api/v1/sessions?limit=10`,
      );
      const counted = data.find(({ id }) => id === sessionId)?.observationCount;
      figures['acknowledged spans'] += acknowledged.length;
      figures.dropped += acknowledged.filter(({ spanId }) => !present.has(spanId)).length;
      figures['stored twice'] += stored.length - present.size;
      figures['wrong totals'] += counted === present.size ? 0 : 1;
    }
    return { held: figures.dropped + figures['stored twice'] + figures['wrong totals'] === 0, figures };
  },
};
