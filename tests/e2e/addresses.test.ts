import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getJson } from '../support/http.js';
import { toOtlpJson } from '../support/otlp.js';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { launchChromium } from './chromium.js';
import { openWatchedPage, type WatchedPage } from './watched-page.js';

const IDS = [
  ...[
    'chat:42',
    'user@example.com',
    '+49123',
    '2026/11/28',
    'a&b=c;d',
    'what?#why',
    'x,y$z',
    'Ünï/cødé:✓',
    '../../etc',
  ],
  ...['.', '..', 'a//b', 'a/', '\\', '%', '%zz', '%41', '%2e%2e', ' a ', 'two\nlines'],
  ...['"\'`<b>', '🦜🔗', 'שלום', 'plain', 'é'.repeat(1_024)],
];

let server: ServerProcess;
let browser: Browser;
/** One for all tests: what a page has loaded once it does not load again. */
let watched: WatchedPage;
beforeAll(async () => {
  server = await startServer();
  browser = await launchChromium();
  watched = await openWatchedPage(browser, [server.url]);
  const startUnixNano = BigInt(Date.now() - 3_600_000) * 1_000_000n;
  const spans = IDS.map((id, n) => ({
    traceId: `${n + 1}`.padStart(32, '0'),
    spanId: '0000000000000001',
    name: `work ${n}`,
    startUnixNano,
    endUnixNano: startUnixNano + 1_000_000n,
    attributes: {
      'session.id': id,
      'user.id': id,
      'langfuse.environment': id,
      'langfuse.observation.output': `said ${n}`,
    },
  }));
  const response = await fetch(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: toOtlpJson(spans),
  });
  expect(response.status).toBe(200);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Goes there. The problems are those from now on. */
async function open(path: string): Promise<Pick<WatchedPage, 'page' | 'problems'>> {
  const { page, problems } = watched;
  problems.splice(0);
  await page.goto(`${server.url}${path}`);
  return { page, problems };
}

/** The session is open when the page shows what was said in it. */
const isOpen = (page: Page, n: number) =>
  page.getByRole('region', { name: 'Trace tree' }).getByText(`work ${n}`).first().waitFor();

describe.each(IDS.map((id, n) => ({ id, n })))('the session $id', ({ id, n }) => {
  const traceId = `${n + 1}`.padStart(32, '0');

  it('opens by a click, on reload, and by back and forward', async () => {
    const { page, problems } = await open(`/sessions?userId=${encodeURIComponent(id)}`);
    const rows = page.getByRole('table', { name: 'Sessions' }).locator('tbody tr');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    await rows.locator('[data-session-id]').click();
    await isOpen(page, n);
    await page.reload();
    await isOpen(page, n);
    await page.goBack();
    await rows.first().waitFor();
    await page.goForward();
    await isOpen(page, n);
    expect(problems).toEqual([]);
  });

  it('opens at a moment by the link that the API gives', async () => {
    const { htmlPath } = await getJson<{ htmlPath: string }>(`${server.url}/api/public/traces/${traceId}`);
    const { page, problems } = await open(htmlPath);
    await isOpen(page, n);
    await page
      .getByRole('treeitem', { name: `work ${n}` })
      .first()
      .click();
    await page.waitForURL((url) => url.searchParams.has('trace'));
    const copied = page.url();
    await page.goto('about:blank');
    await page.goto(copied);
    await isOpen(page, n);
    expect(problems).toEqual([]);
  });

  it('is what the filters that its row links to leave', async () => {
    const { page, problems } = await open(`/sessions?environment=${encodeURIComponent(id)}`);
    const rows = page.getByRole('table', { name: 'Sessions' }).locator('tbody tr');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    await page.locator('.sessions-user a').click();
    await page.getByRole('link', { name: 'User:' }).waitFor();
    expect(new URL(page.url()).searchParams.get('userId')).toBe(id);
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    await page.getByRole('link', { name: 'User:' }).click();
    // The filters added up, so the other one still holds.
    await page.getByRole('link', { name: 'Environment:' }).click();
    await rows.nth(IDS.length - 1).waitFor();
    expect(problems).toEqual([]);
  });
});

/** What was in addresses before, and what people and other programs write into them. */
it.each([
  ['/sessions/chat:42', 'chat:42'],
  ['/sessions/chat%3A42', 'chat:42'],
  ['/sessions/2026/11/28', '2026/11/28'],
  ['/sessions/2026%2F11%2F28?t=0', '2026/11/28'],
  ['/sessions/user@example.com', 'user@example.com'],
  ['/sessions/%zz', '%zz'],
  ['/sessions/%2541', '%41'],
  ['/sessions/plain/', 'plain'],
  ['/session?id=..', '..'],
])('%s opens the session %s', async (path, id) => {
  const { page, problems } = await open(path);
  await isOpen(page, IDS.indexOf(id));
  expect(problems).toEqual([]);
});
