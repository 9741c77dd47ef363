import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { waitFor } from '../support/wait-for.js';
import { launchChromium } from './chromium.js';
import { runExample } from './example-programs.js';
import { takeAnimation, takeScreenshot } from './screenshots.js';
import { axeViolations, openWatchedPage, type WatchedPage } from './watched-page.js';

const QUESTIONS = [
  'What is a session, and how do I put a trace into one?',
  'Can I set the session id after some observations have already ended?',
  'And does it reach the spans of another service?',
  'What does POWERRAG_BASE_URL do?',
  'How do I record the model, the token usage and the cost of a generation?',
  'What happens to spans while the server is down?',
];

/** The sample has its two conversations with a fresh server; then a person replays them in a browser. */
describe('a recorded conversation is replayed', () => {
  let server: ServerProcess;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let sessionId = '';
  let brokenSessionId = '';

  beforeAll(async () => {
    server = await startServer();
    const said = await runExample('rag-chat/dist/main.js', {}, ['--script', '--server', server.url]);
    const sessions = [...said.matchAll(/Replay it at \S+\/sessions\/(\S+)/g)].map(([, id]) => id ?? '');
    [sessionId = '', brokenSessionId = ''] = sessions;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  beforeEach(async () => {
    watched = await openWatchedPage(browser, [server.url], { colorScheme: 'light' });
    page = watched.page;
  });
  afterEach(async () => {
    await watched.close();
    expect(watched.problems).toEqual([]);
  });

  it('lists both sessions with their turns', async () => {
    await page.goto(server.url);
    const rows = page.getByRole('table', { name: 'Sessions' }).getByRole('row');
    const row = rows.filter({ has: page.locator(`[data-session-id="${sessionId}"]`) });
    await row.waitFor();
    // It is called by what was asked first, as soon as that has been read.
    await row.getByRole('link', { name: QUESTIONS[0] ?? '' }).waitFor();
    expect(await textOf(row.locator('.sessions-user'))).toBe('sample-visitor');
    expect(await textOf(row.locator('.sessions-turns'))).toBe('6');
    expect(await rows.filter({ has: page.locator(`[data-session-id="${brokenSessionId}"]`) }).count()).toBe(1);
    expect(await axeViolations(page)).toEqual([]);
    await takeScreenshot(page, 'sessions-list');
  });

  it('shows the whole conversation', async () => {
    await page.goto(server.url);
    await page.locator(`[data-session-id="${sessionId}"]`).click();
    const conversation = page.getByRole('region', { name: 'Conversation' });
    for (const question of QUESTIONS) await conversation.getByText(question, { exact: true }).first().waitFor();
    await conversation.getByText('no language model was asked').first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it('looks right in the dark', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await openSession(page, server, sessionId);
    await openToolCall(page);
    expect(await axeViolations(page)).toEqual([]);
    await takeScreenshot(page, 'session-replay-dark');
  });

  it('plays from where the playhead is put', async () => {
    await openSession(page, server, sessionId);
    const playhead = page.getByRole('slider', { name: 'Playhead' });
    await playhead.focus();
    await playhead.press('Home');
    const start = await waitFor(async () => ((await position(playhead)) === 0 ? 'at the start' : null), {
      what: 'the playhead to go to the start',
    });
    expect(start).toBe('at the start');
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await waitFor(async () => (await position(playhead)) > 0, { what: 'the playhead to move by itself' });
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    const paused = await position(playhead);
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    expect(paused).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Turns', exact: true }).click();
    await takeAnimation(page, 'session-replay', async (part) => {
      const bar = await playhead.boundingBox();
      if (bar === null) throw new Error('There is no playhead.');
      await page.mouse.click(bar.x + part * (bar.width - 1), bar.y + bar.height / 2);
      // The preview of the moment under the pointer would hide the bar.
      await page.mouse.move(bar.x, 4);
    });
  });

  it('shows what a tool was asked and what it answered', async () => {
    await openSession(page, server, sessionId);
    const observation = await openToolCall(page);
    expect(await textOf(observation)).toContain('POWERRAG_BASE_URL');
    expect(await axeViolations(page)).toEqual([]);
    await takeScreenshot(page, 'session-replay');
  });

  it('shows where the second session broke, and why', async () => {
    await openSession(page, server, brokenSessionId);
    const tree = page.getByRole('region', { name: 'Trace tree' });
    await tree
      .getByRole('treeitem', { name: /read_section/ })
      .first()
      .click();
    const observation = page.getByRole('region', { name: 'Observation', exact: true });
    await waitFor(async () => (await textOf(observation)).includes('there is no document "docs/kubernetes.md"'), {
      what: 'the reason of the failure',
    });
    expect(await textOf(observation)).toMatch(/error/i);
  });

  it('opens at the moment that a link names', async () => {
    await openSession(page, server, sessionId);
    const playhead = page.getByRole('slider', { name: 'Playhead' });
    const whole = Number(await playhead.getAttribute('aria-valuemax'));
    await page.goto(`${server.url}/sessions/${sessionId}?t=${Math.floor(whole / 2)}`);
    await waitFor(async () => Math.abs((await position(playhead)) - whole / 2) <= whole / 100, {
      what: 'the playhead to stand at the moment of the link',
    });
  });
});

async function openSession(page: Page, server: ServerProcess, sessionId: string): Promise<void> {
  await page.goto(`${server.url}/sessions/${sessionId}`);
  await page.getByRole('region', { name: 'Conversation' }).waitFor();
  await page.getByRole('button', { name: 'Trace tree' }).click();
  await page.getByRole('treeitem').first().waitFor();
}

/** Chooses the tool call of the fourth turn, and gives the pane that shows it with its output. */
async function openToolCall(page: Page): Promise<Locator> {
  const tree = page.getByRole('region', { name: 'Trace tree' });
  await tree
    .getByRole('treeitem', { name: /lookup_configuration/ })
    .first()
    .click();
  const observation = page.getByRole('region', { name: 'Observation', exact: true });
  await observation.getByText('lookup_configuration').first().waitFor();
  await waitFor(async () => (await textOf(observation)).includes('docs/configuration.md'), {
    what: 'the output of the tool',
  });
  await page
    .getByRole('region', { name: 'Conversation' })
    .getByText('What does POWERRAG_BASE_URL do?', { exact: true })
    .first()
    .waitFor();
  return observation;
}

async function position(playhead: Locator): Promise<number> {
  return Number((await playhead.getAttribute('aria-valuenow')) ?? (await playhead.inputValue()));
}

async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? '';
}
