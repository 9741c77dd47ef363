import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Child, startChild } from '../support/child-process.js';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { waitFor } from '../support/wait-for.js';
import { launchChromium } from './chromium.js';
import { builtExample } from './example-programs.js';
import { axeViolations, openWatchedPage } from './watched-page.js';

describe('the web chat of the sample', () => {
  let server: ServerProcess;
  let chat: Child;
  let chatUrl = '';
  let browser: Browser;

  beforeAll(async () => {
    server = await startServer();
    const program = builtExample('rag-chat/dist/main.js');
    chat = startChild(process.execPath, [program, '--port', '0', '--server', server.url]);
    chatUrl = await waitFor(() => /^The sample chat is listening on (http:\S+)$/m.exec(chat.stdout())?.[1], {
      what: `the sample chat to listen; it said: ${chat.stderr()}`,
    });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    chat?.process.kill('SIGTERM');
    await chat?.ended;
    await server?.stop();
  });

  it.each(['light', 'dark'] as const)('answers, and leads to the moment in the replay (%s)', async (colorScheme) => {
    const { page, problems, close } = await openWatchedPage(browser, [server.url, chatUrl], { colorScheme });
    onTestFinished(close);
    await page.goto(chatUrl);
    await page.getByRole('textbox', { name: 'Your question' }).fill('What does POWERRAG_BASE_URL do?');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();

    const answer = page.getByRole('article', { name: 'Answer' });
    await answer.getByText('lookup_configuration').waitFor();
    expect(await answer.textContent()).toContain('POWERRAG_BASE_URL');

    await page.getByRole('textbox', { name: 'Your question' }).fill('And what is a session?');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'See this moment in the replay' }).nth(1).waitFor();
    expect(await axeViolations(page)).toEqual([]);

    const link = page.getByRole('link', { name: 'See this moment in the replay' }).nth(1);
    const moment = new URL((await link.getAttribute('href')) ?? '');
    // The turn is sent in the background; a reader who is faster than that reloads.
    await waitFor(async () => (await fetch(`${server.url}/api/public/traces/${moment.searchParams.get('trace')}`)).ok, {
      what: 'the turn to arrive at the server',
    });
    await link.click();
    await page.getByRole('region', { name: 'Conversation' }).getByText('And what is a session?').first().waitFor();
    expect(problems).toEqual([]);
  });
});
