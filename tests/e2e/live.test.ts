import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { launchChromium } from './chromium.js';
import { openWatchedPage, type WatchedPage } from './watched-page.js';

/** The page does not poll for a session this old. */
const AN_HOUR_AGO_MS = Date.now() - 3_600_000;

let server: ServerProcess;
let browser: Awaited<ReturnType<typeof launchChromium>>;
let watched: WatchedPage;

beforeEach(async () => {
  server = await startServer();
  browser = await launchChromium();
  watched = await openWatchedPage(browser, [server.url]);
});
afterEach(async () => {
  await browser?.close();
  await server?.stop();
});

/** A turn of the session: a trace of one span that says the session's id, or a later span of that trace that does not. */
async function record(turn: number, name: string, { isRoot = true } = {}): Promise<void> {
  const startNs = BigInt(AN_HOUR_AGO_MS + turn * 1_000) * 1_000_000n;
  const attributes = [{ key: 'session.id', value: { stringValue: 'live' } }];
  const span = {
    traceId: `${turn}`.padStart(32, '0'),
    spanId: `${turn}${isRoot ? 1 : 2}`.padStart(16, '0'),
    ...(isRoot ? { attributes } : { parentSpanId: `${turn}1`.padStart(16, '0') }),
    name,
    startTimeUnixNano: `${startNs}`,
    endTimeUnixNano: `${startNs + 500_000_000n}`,
  };
  const response = await fetch(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  });
  expect(response.status).toBe(200);
}

it('a page that is open shows what the server stores of its session, without asking for it again and again', async () => {
  const { page, problems } = watched;
  await record(1, 'first turn');
  const followed = page.waitForResponse((response) => response.url().includes('/api/v1/sessions/live/changes?'));
  await page.goto(`${server.url}/sessions/live`);
  const tree = page.getByRole('region', { name: 'Trace tree' });
  await tree.getByText('first turn').first().waitFor();
  await followed;

  await record(2, 'second turn');
  await tree.getByText('second turn').first().waitFor();
  await record(2, 'a step of it', { isRoot: false });
  await tree.getByText('a step of it').first().waitFor();
  expect(problems).toEqual([]);
});

it('a server that a page follows still stops immediately', async () => {
  const { page } = watched;
  await record(1, 'first turn');
  const followed = page.waitForResponse((response) => response.url().includes('/changes?'));
  await page.goto(`${server.url}/sessions/live`);
  const response = await followed;
  await server.stop();
  // The answer ended normally; its connection was not cut.
  expect(await response.finished()).toBeNull();
});
