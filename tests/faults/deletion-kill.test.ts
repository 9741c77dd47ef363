import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runToEnd } from '../support/child-process.js';
import { filesWith, recount, rowsOf } from '../support/database.js';
import { getJson } from '../support/http.js';
import { LedgerSender } from '../support/ledger-sender.js';
import { storedIds } from '../support/loss.js';
import { type SentSpan, toOtlpJson } from '../support/otlp.js';
import { seededRandom } from '../support/random.js';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { waitFor } from '../support/wait-for.js';

const COMMAND = join(import.meta.dirname, '../../packages/server/bin/powerrag.js');
const DAY_MS = 24 * 60 * 60 * 1000;

/** More than two transactions of a deletion take. */
const TRACES = 250;
const KILLS = 3;

/** A session of many traces, each of a root and a call, with words of its own. */
function manyTraces(number: number, sessionId: string, endMs: number): SentSpan[] {
  const startUnixNano = BigInt(endMs - 1_000) * 1_000_000n;
  return Array.from({ length: TRACES * 2 }, (_, index) => {
    const trace = number * 10_000 + Math.floor(index / 2) + 1;
    return {
      ...{ traceId: trace.toString(16).padStart(32, '0'), spanId: (index + 1).toString(16).padStart(16, '0') },
      ...(index % 2 === 1 && { parentSpanId: index.toString(16).padStart(16, '0') }),
      ...{ name: `step of ${sessionId}`, startUnixNano, endUnixNano: BigInt(endMs) * 1_000_000n },
      attributes: {
        ...{ 'session.id': sessionId, 'user.id': `user of ${sessionId}` },
        'input.value': `a question of ${sessionId} ${'and more of it '.repeat(20)}`,
      },
    };
  });
}

async function send(server: ServerProcess, spans: readonly SentSpan[]): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${server.url}/v1/traces`, { method: 'POST', headers, body: toOtlpJson(spans) });
  expect(response.status).toBe(200);
}

/** Every total that is kept is what a recount gives, also of a file that a kill left behind. */
function expectWhole(server: ServerProcess, when: string): void {
  const found = recount(server.database);
  expect(found, when).toMatchObject({
    ...{ tracesOfSessions: found.traces, observationsOfTraces: found.observations },
    ...{ observationsOfSessions: found.observations, emptySessions: 0, textsCountedWrong: 0 },
  });
}

const purged = (server: ServerProcess) =>
  waitFor(
    () =>
      ['deletions', 'purges', 'purge_stages'].every(
        (table) => rowsOf(server.database, `SELECT 1 FROM ${table} LIMIT 1`).length === 0,
      ),
    { what: 'the end of cleaning up', timeoutMs: 60_000 },
  );

const load = (server: ServerProcess) =>
  new LedgerSender({ url: server.url, sessionId: 'kept', concurrency: 2, spansPerBatch: 3 });

const acknowledgedIds = (sender: LedgerSender) =>
  sender.batches.filter(({ acknowledged }) => acknowledged).flatMap(({ spans }) => spans.map(({ spanId }) => spanId));

describe('a server that is killed while it deletes, and stores at the same time', () => {
  it('has a session whole or not at all, finishes what it began, and leaves no byte of it', async () => {
    const random = seededRandom(22);
    let server = await startServer();
    onTestFinished(() => server.kill());
    const kept: string[] = [];
    for (let kill = 1; kill <= KILLS; kill++) {
      const sessionId = `doomed-${kill}`;
      const spans = manyTraces(kill, sessionId, Date.now());
      await send(server, spans);
      const sender = load(server);
      await waitFor(() => sender.acknowledgedCount > 0, { what: 'an acknowledgement' });
      const url = `/api/v1/sessions/${sessionId}`;
      const asked = fetch(server.url + url, { method: 'DELETE' }).catch(() => null);
      await sleep(random() * 80);
      await server.kill();
      await Promise.all([asked, sender.ended()]);
      kept.push(...acknowledgedIds(sender));
      expectWhole(server, `after kill ${kill}`);

      server = await startServer({ database: server.database });
      await purged(server);
      const [{ left } = { left: -1 }] = rowsOf<{ left: number }>(
        server.database,
        `SELECT count(*) AS left FROM traces JOIN sessions USING (session_key) WHERE session_id = '${sessionId}'`,
      );
      expect([0, TRACES], `traces left after kill ${kill}`).toContain(left);
      const again = await fetch(server.url + url, { method: 'DELETE' });
      expect(again.status).toBe(left === 0 ? 404 : 200);
      await send(server, spans);
      expect((await fetch(`${server.url}${url}/replay`)).status, 'sent again').toBe(404);
    }

    const sender = load(server);
    await waitFor(() => filesWith(server.database, 'doomed-').length === 0, {
      ...{ what: 'the last byte of what was deleted to go', timeoutMs: 60_000 },
    });
    const copy = `${server.database}-copy`;
    onTestFinished(() => rmSync(copy, { force: true }));
    const backup = await runToEnd(process.execPath, [COMMAND, 'backup', copy, '--database', server.database]);
    expect([backup.code, backup.stderr]).toEqual([0, '']);
    await sender.stop();
    kept.push(...acknowledgedIds(sender));
    expect(filesWith(server.database, 'doomed-')).toEqual([]);
    expect(filesWith(server.database, 'batch 0, step 1')).toContain('powerrag.db-copy');
    const found = await getJson<{ data: unknown[] }>(`${server.url}/api/v1/search?q=question`);
    expect(found.data).toEqual([]);
    const stored = new Set(await storedIds(server.url, 'kept'));
    expect(kept.filter((id) => !stored.has(id))).toEqual([]);
    expectWhole(server, 'at the end');
  }, 180_000);

  it('deletes all that is too old, and nothing else, however often it is killed', async () => {
    const random = seededRandom(23);
    let server = await startServer();
    onTestFinished(() => server.kill());
    const now = Date.now();
    for (const number of [1, 2, 3]) await send(server, manyTraces(number, `old-${number}`, now - 3 * DAY_MS));
    await send(server, manyTraces(9, 'new', now));
    const args = ['--retention', '2d'];
    for (let kill = 1; kill <= KILLS; kill++) {
      await server.kill();
      expectWhole(server, `before start ${kill}`);
      server = await startServer({ database: server.database, args });
      await sleep(random() * 60);
    }
    await purged(server);
    await waitFor(async () => filesWith(server.database, 'old-').length === 0, {
      what: 'the last byte of what is too old to go',
      timeoutMs: 60_000,
    });
    const { data } = await getJson<{ data: unknown[] }>(`${server.url}/api/v1/sessions`);
    expect(data).toMatchObject([{ id: 'new', traceCount: TRACES, observationCount: 2 * TRACES }]);
    expectWhole(server, 'at the end');
  }, 180_000);
});
