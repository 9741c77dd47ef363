import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { getJson } from '../support/http.js';
import { type LedgerBatch, LedgerSender, post } from '../support/ledger-sender.js';
import { storedIds } from '../support/loss.js';
import { seededRandom } from '../support/random.js';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { waitFor } from '../support/wait-for.js';

/** `POWERRAG_TEST_KILLS=100` kills more often; the slices get a quarter of them. */
const KILLS = Number(process.env.POWERRAG_TEST_KILLS ?? 8);
const KILLS_IN_SLICES = Math.ceil(KILLS / 4);
/** Against a hang only. */
const DEADLINE_MS = 120_000 + KILLS * 15_000;

const idsOf = (batches: readonly LedgerBatch[]) => batches.flatMap((batch) => batch.spans.map((span) => span.spanId));

function startSending(server: ServerProcess, sessionId: string): LedgerSender {
  return new LedgerSender({ url: server.url, sessionId, concurrency: 4, spansPerBatch: 7 });
}

/** What the store has of a sender's batches after a crash, compared with the sender's ledger. */
function accountFor(sender: LedgerSender, stored: readonly string[]) {
  const present = new Set(stored);
  const acknowledged = sender.batches.filter((batch) => batch.acknowledged);
  return {
    lost: idsOf(acknowledged).filter((id) => !present.has(id)),
    duplicated: stored.length - present.size,
    torn: sender.batches.filter((batch) => {
      const found = batch.spans.filter((span) => present.has(span.spanId)).length;
      return found !== 0 && found !== batch.spans.length;
    }).length,
  };
}

describe('a server that is killed while it takes traces in', () => {
  it(`has every acknowledged trace after each of ${KILLS} kills at random moments, whole and once`, {
    timeout: DEADLINE_MS,
  }, async () => {
    const random = seededRandom(20);
    let server = await startServer();
    onTestFinished(() => server.kill());
    let interrupted = 0;

    for (let kill = 1; kill <= KILLS; kill += 1) {
      const sessionId = `kill-${kill}`;
      const sender = startSending(server, sessionId);
      await waitFor(() => sender.acknowledgedCount > 0, { what: 'the first acknowledgement' });
      await sleep(random() * 150);
      await server.kill();
      await sender.ended();
      server = await startServer({ database: server.database });

      const account = accountFor(sender, await storedIds(server.url, sessionId));
      expect(account, `after kill ${kill}`).toEqual({ lost: [], duplicated: 0, torn: 0 });

      const unacknowledged = sender.batches.filter((batch) => !batch.acknowledged);
      interrupted += unacknowledged.length;
      for (const batch of unacknowledged) expect(await post(server.url, batch)).toBe(true);
      const afterResending = await storedIds(server.url, sessionId);
      expect(afterResending.toSorted(), `sent again after kill ${kill}`).toEqual(idsOf(sender.batches).toSorted());
    }
    expect(interrupted, 'requests that were cut off by a kill').toBeGreaterThanOrEqual(KILLS);
  });

  it('has all of every acknowledged batch that is stored in slices, though only its last span says the session', {
    timeout: DEADLINE_MS,
  }, async () => {
    const random = seededRandom(21);
    let server = await startServer();
    onTestFinished(() => server.kill());
    for (let kill = 1; kill <= KILLS_IN_SLICES; kill += 1) {
      const sessionId = `slices-${kill}`;
      const options = { sessionId, spansPerBatch: 1_200, isSessionIdLate: true };
      const sender = new LedgerSender({ ...options, url: server.url, concurrency: 3 });
      await waitFor(() => sender.acknowledgedCount > 0, { what: 'the first acknowledgement' });
      await sleep(random() * 500);
      await server.kill();
      await sender.ended();
      server = await startServer({ database: server.database });

      const { lost, duplicated } = accountFor(sender, await storedIds(server.url, sessionId));
      expect({ lost, duplicated }, `after kill ${kill}`).toEqual({ lost: [], duplicated: 0 });

      for (const batch of sender.batches) if (!batch.acknowledged) expect(await post(server.url, batch)).toBe(true);
      const stored = await storedIds(server.url, sessionId);
      expect(stored.toSorted(), `sent again after kill ${kill}`).toEqual(idsOf(sender.batches).toSorted());
      const { data } = await getJson<{ data: { id: string; observationCount: number }[] }>(
        `${server.url}/api/v1/sessions`,
      );
      expect(data.find(({ id }) => id === sessionId)?.observationCount).toBe(stored.length);
    }
  });

  it('that gets SIGTERM instead ends with code 0 and has every acknowledged trace', async () => {
    const server = await startServer();
    onTestFinished(() => server.kill());
    const sender = startSending(server, 'sigterm');
    await waitFor(() => sender.acknowledgedCount > 20, { what: 'twenty acknowledgements' });
    await server.stop();
    await sender.ended();
    expect(server.process.exitCode).toBe(0);

    const restarted = await startServer({ database: server.database });
    onTestFinished(() => restarted.stop());
    const account = accountFor(sender, await storedIds(restarted.url, 'sigterm'));
    expect(account).toEqual({ lost: [], duplicated: 0, torn: 0 });
  });
});
