import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionSummary } from '@powerrag/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { getJson } from '../support/http.js';
import { type LedgerBatch, LedgerSender, post } from '../support/ledger-sender.js';
import { storedIds } from '../support/loss.js';
import { freePort } from '../support/port.js';
import { seededRandom } from '../support/random.js';
import { startServer } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { waitFor } from '../support/wait-for.js';
import { startEngine } from './engine.js';

/** `POWERRAG_CLICKHOUSE_KILLS` asks for more. */
const KILLS = Number(process.env.POWERRAG_CLICKHOUSE_KILLS ?? 3);

const idsOf = (batches: readonly LedgerBatch[]) => batches.flatMap(({ spans }) => spans.map(({ spanId }) => spanId));

const sendTo = (url: string, sessionId: string) =>
  new LedgerSender({ url, sessionId, concurrency: 4, spansPerBatch: 7 });

async function sendAgain(url: string, sender: LedgerSender): Promise<number> {
  const others = sender.batches.filter(({ acknowledged }) => !acknowledged);
  for (const batch of others)
    await waitFor(() => post(url, batch), { what: 'the batch that is sent again', timeoutMs: 60_000 });
  return others.length;
}

/** What is stored of a session is what was acknowledged, and its totals are those of a recount. */
async function expectAll(url: string, sender: LedgerSender, sessionId: string): Promise<void> {
  const stored = await storedIds(url, sessionId);
  expect(stored.toSorted()).toEqual(idsOf(sender.batches).toSorted());
  const { data } = await getJson<{ data: SessionSummary[] }>(`${url}/api/v1/sessions`);
  const session = data.find(({ id }) => id === sessionId);
  expect(session).toMatchObject({ observationCount: stored.length, traceCount: sender.batches.length, errorCount: 0 });
}

describe('kill -9 under load', () => {
  it(`of ClickHouse: nothing acknowledged is gone after ${KILLS} kills, the server goes on by itself, and totals are those of a recount`, async () => {
    const folder = join(temporaryFolder(), 'engine');
    const port = await freePort();
    let engine = await startEngine(folder, port);
    onTestFinished(() => engine.kill());
    const server = await startServer({ store: `clickhouse://127.0.0.1:${port}/killed` });
    onTestFinished(() => server.kill());
    const random = seededRandom(17);
    let interrupted = 0;
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const sessionId = `kill-${kill}`;
      const sender = sendTo(server.url, sessionId);
      await waitFor(() => sender.acknowledgedCount > 2, { what: 'the first acknowledgements', timeoutMs: 60_000 });
      await sleep(random() * 300);
      await engine.kill();
      await sender.ended();
      engine = await startEngine(folder, port);
      const acknowledged = idsOf(sender.batches.filter((batch) => batch.acknowledged));
      const present = new Set(
        await waitFor(() => storedIds(server.url, sessionId), { what: 'a read', timeoutMs: 60_000 }),
      );
      expect(
        acknowledged.filter((id) => !present.has(id)),
        `after kill ${kill}`,
      ).toEqual([]);
      interrupted += await sendAgain(server.url, sender);
      await expectAll(server.url, sender, sessionId);
    }
    expect(interrupted, 'requests that were cut off by a kill').toBeGreaterThanOrEqual(KILLS);
  });

  it(`of one of two servers: nothing acknowledged is gone after ${KILLS} kills, and the other one has it all`, async () => {
    const engine = await startEngine(temporaryFolder());
    onTestFinished(() => engine.kill());
    const store = `${engine.url.replace('http', 'clickhouse')}/killed`;
    const other = await startServer({ store });
    onTestFinished(() => other.kill());
    const random = seededRandom(18);
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const server = await startServer({ store });
      onTestFinished(() => server.kill());
      const sessionId = `kill-${kill}`;
      const sender = sendTo(server.url, sessionId);
      await waitFor(() => sender.acknowledgedCount > 2, { what: 'the first acknowledgements', timeoutMs: 60_000 });
      await sleep(random() * 300);
      await server.kill();
      await sender.ended();
      const present = new Set(await storedIds(other.url, sessionId));
      const acknowledged = idsOf(sender.batches.filter((batch) => batch.acknowledged));
      expect(
        acknowledged.filter((id) => !present.has(id)),
        `after kill ${kill}`,
      ).toEqual([]);
      await sendAgain(other.url, sender);
      await expectAll(other.url, sender, sessionId);
    }
  });
});
