import { expect, it, onTestFinished } from 'vitest';
import { toOtlpJson } from '../support/otlp.js';
import { startServer } from '../support/server-process.js';
import { launchChromium } from './chromium.js';
import { openWatchedPage } from './watched-page.js';

const LOG_LINE =
  '2026-11-28T10:00:00.123Z INFO [w-3] https://example.org/a?b=c a@example.com id=ab_cd *took* 12ms | a | b\n';
const PROSE = 'A sentence of prose with **bold** words, [a link](https://example.org) and `code`. ';
const of5Mb = (unit: string) => unit.repeat(Math.ceil(5_000_000 / unit.length)).slice(0, 5_000_000);

const TEXTS = {
  'log lines': of5Mb(LOG_LINE),
  prose: of5Mb(`${PROSE.repeat(8)}\n\n`),
  'one line': of5Mb('x'),
  'quotes in quotes': of5Mb('>'),
  'open brackets': of5Mb('[*_'),
};

async function openSession(answer: string) {
  const server = await startServer();
  onTestFinished(() => server.stop());
  const startUnixNano = BigInt(Date.now() - 3_600_000) * 1_000_000n;
  const attributes = {
    'session.id': 'long',
    'langfuse.observation.type': 'agent',
    'langfuse.observation.input': 'Show me.',
    'langfuse.observation.output': answer,
  };
  const ids = { traceId: '1'.padStart(32, '0'), spanId: '1'.padStart(16, '0') };
  const sent = { ...ids, name: 'work', startUnixNano, endUnixNano: startUnixNano + 1_000_000_000n, attributes };
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${server.url}/v1/traces`, { method: 'POST', headers, body: toOtlpJson([sent]) });
  expect(response.status).toBe(200);
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  const watched = await openWatchedPage(browser, [server.url]);
  await watched.page.goto(`${server.url}/sessions/long`);
  return watched;
}

it.each(Object.entries(TEXTS))('an answer of 5 MB of %s opens, and all of it can be reached', async (_name, text) => {
  const { page, problems } = await openSession(text);
  const conversation = page.getByRole('region', { name: 'Conversation' });
  await conversation.getByText('Show me.').first().waitFor();
  const answer = conversation.getByRole('article', { name: 'Assistant' });
  // The document has its beginning only.
  const load = answer.getByRole('button', { name: /^Load all [\d,]+ characters$/ });
  await load.click();
  await load.waitFor({ state: 'detached' });
  await answer
    .getByRole('button', { name: /^Show (more|all)/ })
    .first()
    .waitFor();
  // The amount of layout is limited for any length.
  expect((await answer.textContent())?.length).toBeLessThan(20_000);

  await answer.getByRole('button', { name: /^Show more/ }).click();
  await page.getByRole('treeitem', { name: 'work' }).last().click();
  await page.getByRole('region', { name: 'Observation' }).getByRole('heading', { name: 'work' }).waitFor();
  expect((await page.locator('body').textContent())?.length).toBeLessThan(100_000);

  await answer.getByRole('button', { name: 'Show all as plain text' }).click();
  await answer.locator('.whole-text').waitFor();
  expect((await answer.textContent())?.length).toBeGreaterThanOrEqual(text.length);
  expect(problems).toEqual([]);
});

it('an answer of 5 MB of JSON is a tree of which only what is seen is laid out, and all of it can be found', async () => {
  const text = JSON.stringify({
    rows: Array.from({ length: 60_000 }, (_, id) => ({ id, name: 'a row of a table', tags: ['x', 'y'] })),
  });
  const { page, problems } = await openSession(text);
  const answer = page.getByRole('region', { name: 'Conversation' }).getByRole('article', { name: 'Assistant' });
  await answer.getByRole('button', { name: /^Load all [\d,]+ characters$/ }).click();
  await answer.getByRole('button', { name: /rows.*60,000 items/ }).waitFor();
  expect((await answer.textContent())?.length).toBeLessThan(20_000);
  await answer.getByRole('searchbox').fill('59999');
  await answer.locator('[data-found]').filter({ hasText: '59999' }).waitFor();
  expect((await answer.textContent())?.length).toBeLessThan(20_000);
  await answer.getByRole('button', { name: 'Show all as plain text' }).click();
  await answer.locator('.whole-text').waitFor();
  expect((await answer.textContent())?.length).toBeGreaterThanOrEqual(text.length);
  expect(problems).toEqual([]);
});

it('a click on an image that is not loaded sends no request to another host', async () => {
  const { page, problems } = await openSession('[![chart](http://evil.example/in.png)](http://evil.example/link)');
  const pages: unknown[] = [];
  page.context().on('page', (opened) => pages.push(opened));
  const image = page.getByRole('region', { name: 'Conversation' }).getByRole('button', { name: /^Image not loaded/ });
  await image.click();
  await image.click({ button: 'middle' });
  await image.press('Enter');
  await page.reload();
  await image.waitFor();
  expect(pages).toEqual([]);
  expect(problems).toEqual([]);
});
