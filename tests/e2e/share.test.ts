/// <reference lib="dom" />
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { supportChat } from '../support/sessions/support-chat.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { launchChromium } from './chromium.js';
import { HOSTILE, hostileSpans, outsideReferences, tryEverything } from './hostile-session.js';
import { takeScreenshot } from './screenshots.js';
import { type Shown, show } from './shown-session.js';
import { axeViolations } from './watched-page.js';

const START_MS = Date.UTC(2026, 10, 27, 20, 12);

async function openChat(): Promise<Shown> {
  const shown = await show();
  await supportChat(START_MS, 'chat:42').send(shown.url);
  await shown.page.goto(`${shown.url}/sessions/chat:42`);
  await shown.page.getByRole('region', { name: 'Conversation' }).getByRole('article').first().waitFor();
  return shown;
}

async function openDialog(page: Page) {
  await page.getByRole('button', { name: 'Share or export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share this session' });
  await dialog.waitFor();
  return dialog;
}

/** Saves a file by its button or link. Gives where it is, and the name that the page gave it. */
async function save(page: Page, name: string): Promise<{ file: string; called: string }> {
  const dialog = await openDialog(page);
  const saved = page.waitForEvent('download');
  await dialog.getByText(name, { exact: true }).click();
  const download = await saved;
  const file = join(temporaryFolder(), download.suggestedFilename());
  await download.saveAs(file);
  return { file, called: download.suggestedFilename() };
}

/** Opens a saved file in a browser of its own, which notes whatever it asks of anybody and whatever goes wrong. */
async function openFile(file: string, colorScheme: 'light' | 'dark' = 'light') {
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
  const problems: string[] = [];
  const own = pathToFileURL(file).href;
  page.on('request', (request) => {
    const url = request.url();
    if (url.split(/[?#]/)[0] !== own && !url.startsWith('data:')) problems.push(`a request to ${url}`);
  });
  page.on('pageerror', (error) => problems.push(`an uncaught error: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`a console error: ${message.text()}`);
  });
  page.on('popup', (popup) => problems.push(`a window: ${popup.url()}`));
  await page.exposeFunction('ran', () => problems.push('a script ran'));
  await page.goto(own);
  await page.getByRole('region', { name: 'Conversation' }).getByRole('article').first().waitFor();
  return { page, problems };
}

describe('a session saved as one HTML file', () => {
  it('replays from disk with the same player, and asks nobody', async () => {
    const shown = await openChat();
    const title = { level: 1, name: /^Hi! I ordered a cordless drill/ } as const;
    // The server names a session a moment after it has stored it.
    await shown.page.getByRole('heading', title).waitFor();
    const { file, called } = await save(shown.page, 'Save HTML');
    expect(called).toBe('session-chat-42.html');
    expect(shown.problems).toEqual([]);

    const { page, problems } = await openFile(file);
    await page.getByRole('heading', title).waitFor();
    const rail = page.getByRole('group', { name: 'Turns' });
    expect(await rail.getByRole('button').count()).toBe(12);
    // The bodies of observations are in the file as well.
    await page.getByRole('button', { name: 'Steps', exact: true }).click();
    const details = page.getByRole('region', { name: 'Observation' });
    await details.getByRole('button', { name: 'search_documents' }).click();
    await details.getByRole('heading', { name: 'Timing and origin' }).waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.keyboard.press('Space');
    expect(await page.getByRole('button', { name: 'Share or export' }).count()).toBe(0);
    await takeScreenshot(page, 'session-file');
    expect(problems).toEqual([]);
    expect(await axeViolations(page)).toEqual([]);
  });

  it('is accessible in the dark', async () => {
    const { file } = await save((await openChat()).page, 'Save HTML');
    const { page } = await openFile(file, 'dark');
    expect(await axeViolations(page)).toEqual([]);
  });

  it('runs nothing of what is in the session and asks no host for it, whatever is clicked', async () => {
    const shown = await show();
    const session = HOSTILE[0] ?? '';
    await shown.record(hostileSpans(session));
    await shown.page.goto(`${shown.url}/session?id=${encodeURIComponent(session)}`);
    const { file } = await save(shown.page, 'Save HTML');
    const { page, problems } = await openFile(file);
    await tryEverything(page);
    for (const n of [0, 5, 9]) {
      const moment = { trace: `${n + 1}`.padStart(32, '0'), observation: '2'.padStart(16, '0') };
      await page.goto(`${pathToFileURL(file).href}?${new URLSearchParams(moment)}`);
      await page.getByRole('heading', { name: 'Timing and origin' }).waitFor();
      await tryEverything(page);
    }
    expect(await outsideReferences(page)).toEqual([]);
    expect(page.url().split(/[?#]/)[0]).toBe(pathToFileURL(file).href);
    expect(problems).toEqual([]);
  });
});

describe('the share dialog', () => {
  it('saves the session as JSON and as Markdown', async () => {
    const { page, problems } = await openChat();
    const json = await save(page, 'Save JSON');
    expect(json.called).toBe('session-chat-42.json');
    const exported = JSON.parse(await readFile(json.file, 'utf8'));
    expect(exported).toMatchObject({ format: 'powerrag.session', version: 1, replay: { session: { id: 'chat:42' } } });
    expect(exported.observations).toHaveLength(exported.replay.observations.length);

    await page.keyboard.press('Escape');
    const markdown = await save(page, 'Save Markdown');
    expect(markdown.called).toBe('session-chat-42.md');
    const text = await readFile(markdown.file, 'utf8');
    expect(text).toContain('- Session: `chat:42`');
    expect(text).toContain('> Hi! I ordered a cordless drill');
    expect(text.match(/^## Turn /gm)).toHaveLength(12);
    expect(problems).toEqual([]);
  });

  it('copies a link that opens at this moment, and a command for a shell', async () => {
    const { page, url, problems } = await openChat();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const details = page.getByRole('region', { name: 'Observation' });
    await details.getByRole('button', { name: 'search_documents' }).click();
    const dialog = await openDialog(page);
    await dialog.getByRole('button', { name: 'Copy the link' }).click();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(new URL(link).searchParams.get('observation')).toMatch(/^[0-9a-f]{16}$/);
    await dialog.getByRole('button', { name: 'Copy the curl command' }).click();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    expect(command).toBe(`curl --fail --output session.json '${url}/api/v1/sessions/chat%3A42/export'`);
    await page.goto(link);
    await page.getByRole('heading', { name: 'Timing and origin' }).waitFor();
    expect(problems).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('works from the keyboard and is accessible in %s', async (colorScheme) => {
    const { page, problems } = await openChat();
    await page.emulateMedia({ colorScheme });
    await page.getByRole('button', { name: 'Share or export' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Share this session' });
    await dialog.waitFor();
    await takeScreenshot(page, `share-${colorScheme}`);
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(problems).toEqual([]);
  });
});
