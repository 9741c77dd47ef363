import { CLIENT_REPORT_HEADER, type SessionSummary } from '@powerrag/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../e2e/chromium.js';
import { runExample } from '../e2e/example-programs.js';
import { expectSnippet, SNIPPET_NAMES } from '../e2e/session-snippets.js';
import { openWatchedPage } from '../e2e/watched-page.js';
import { getJson } from '../support/http.js';
import { LedgerSender } from '../support/ledger-sender.js';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { waitFor } from '../support/wait-for.js';
import { type Engine, startEngine } from './engine.js';

/** The sample has its conversations with one server; a person replays them on another. SQLite beside it shows the same. */
describe('two servers on one ClickHouse', () => {
  let engine: Engine;
  let nodes: ServerProcess[] = [];
  let browser: Browser;
  let sessionIds: string[] = [];

  beforeAll(async () => {
    engine = await startEngine(temporaryFolder());
    const store = `${engine.url.replace('http', 'clickhouse')}/traces`;
    nodes = [await startServer({ store }), await startServer({ store })];
    const said = await runExample('rag-chat/dist/main.js', {}, ['--script', '--server', nodes[0]?.url ?? '']);
    sessionIds = [...said.matchAll(/Replay it at \S+\/sessions\/(\S+)/g)].map(([, id]) => id ?? '');
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    for (const node of nodes) await node.stop();
    await engine?.kill();
  });

  it('list what the other one has taken in', async () => {
    for (const { url } of nodes) {
      const { data } = await getJson<{ data: SessionSummary[] }>(`${url}/api/v1/sessions`);
      expect(data.map(({ id }) => id).toSorted()).toEqual(sessionIds.toSorted());
      expect(data.find(({ id }) => id === sessionIds[0])).toMatchObject({ traceCount: 6, userIds: ['sample-visitor'] });
    }
  });

  it.each(SNIPPET_NAMES)('show the trace of the documented %s snippet in its session', async (name) => {
    const [one, other] = nodes.map(({ url }) => url);
    await runExample(`sessions/dist/${name}.js`, { POWERRAG_BASE_URL: one ?? '' });
    await expectSnippet(other ?? '', name);
  });

  it('say what exporters reported to the other one', async () => {
    const report = { id: 'worker', sdk: { name: 'x', version: '1' }, service: null, ended: 3, delivered: 1 };
    await fetch(`${nodes[0]?.url}/v1/traces`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [CLIENT_REPORT_HEADER]: JSON.stringify({ ...report, dropped: { queue_full: 2 } }),
      },
      body: '{"resourceSpans":[]}',
    });
    const reportsOf = async (url = '') => (await getJson<{ data: object[] }>(`${url}/api/v1/client-reports`)).data;
    await expect
      .poll(() => reportsOf(nodes[1]?.url))
      .toContainEqual(expect.objectContaining({ ...report, dropped: { queue_full: 2 } }));
  });

  it('find what was said to the other one, and forget it on both when it is deleted', async () => {
    const found = async (url = '') => {
      const { data } = await getJson<{ data: { session: SessionSummary }[] }>(
        `${url}/api/v1/search?q=POWERRAG_BASE_URL`,
      );
      return data.map(({ session }) => session.id);
    };
    await expect.poll(() => found(nodes[1]?.url), { timeout: 60_000 }).toContain(sessionIds[0]);
    const one = await fetch(`${nodes[0]?.url}/api/v1/sessions/${sessionIds[1]}`, { method: 'DELETE' });
    expect(one.status).toBe(200);
    for (const { url } of nodes) {
      expect((await fetch(`${url}/api/v1/sessions/${sessionIds[1]}`)).status).toBe(404);
      expect(await found(url)).not.toContain(sessionIds[1]);
    }
  });

  it('tell whoever follows a session on one of them what the other one takes in', async () => {
    const [one, other] = nodes.map(({ url }) => url);
    const record = async () => {
      const sender = new LedgerSender({ url: other ?? '', sessionId: 'followed', concurrency: 1, spansPerBatch: 1 });
      await waitFor(() => sender.acknowledgedCount > 0, { what: 'a span to be stored' });
      await sender.stop();
    };
    await record();
    const stream = await fetch(`${one}/api/v1/sessions/followed/changes`);
    expect(stream.status).toBe(200);
    const events = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    const read = async () => (await events?.read())?.value ?? '(the end)';
    // A comment says that the stream has begun.
    expect(await read()).toMatch(/^:/);
    await record();
    expect(await read()).toContain('event: change');
    await events?.cancel();
  });

  it('show it on the page, from the list to an answer of the model', async () => {
    const url = nodes[1]?.url ?? '';
    const watched = await openWatchedPage(browser, [url], { colorScheme: 'light' });
    const { page, problems } = watched;
    await page.goto(url);
    const rows = page.getByRole('table', { name: 'Sessions' }).getByRole('row');
    await rows.filter({ has: page.locator(`[data-session-id="${sessionIds[0]}"]`) }).waitFor();
    await page.goto(`${url}/sessions/${sessionIds[0]}`);
    await page.getByText('What does POWERRAG_BASE_URL do?').first().waitFor();
    await watched.close();
    expect(problems).toEqual([]);
  });
});
