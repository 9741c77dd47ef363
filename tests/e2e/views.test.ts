/// <reference lib="dom" />
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { agentRun } from '../support/sessions/agent-run.js';
import { manyChats } from '../support/sessions/many-chats.js';
import { correctedChat, supportChat } from '../support/sessions/support-chat.js';
import { waitFor } from '../support/wait-for.js';
import { launchChromium } from './chromium.js';
import { KEEPS_SCREENSHOTS, takePicture } from './screenshots.js';
import { conversation, FIRST_VIEW, read, VIEWS, type View } from './views.js';
import { axeViolations, openWatchedPage } from './watched-page.js';

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** A phone is the narrowest: what fits there fits. Both themes have their own colours. The others are for the pictures of the guides. */
const SHAPES: readonly { readonly name: string; readonly options: BrowserContextOptions }[] = [
  { name: 'phone-light', options: { viewport: PHONE, colorScheme: 'light' } },
  { name: 'wide-light', options: { viewport: WIDE, colorScheme: 'light' } },
  { name: 'wide-dark', options: { viewport: WIDE, colorScheme: 'dark' } },
  ...(KEEPS_SCREENSHOTS ? [{ name: 'phone-dark', options: { viewport: PHONE, colorScheme: 'dark' } } as const] : []),
];

let server: ServerProcess;
let empty: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  [server, empty, browser] = await Promise.all([startServer(), startServer(), launchChromium()]);
  const nowMs = Date.now();
  const sessions = [
    supportChat(nowMs - 5 * 3_600_000, 'chat'),
    correctedChat(nowMs - 4 * 3_600_000, 'corrected'),
    agentRun(nowMs - 3 * 3_600_000, 'run'),
    ...manyChats(nowMs),
  ];
  for (const session of sessions) await session.send(server.url);
  // Names and words to search for follow within seconds of what is stored.
  await waitFor(async () => (await foundCount('returned within 60 days')) >= 2, { what: 'the chats to be found' });
});

/** How many sessions a search finds. */
async function foundCount(text: string): Promise<number> {
  const answer = await fetch(`${server.url}/api/v1/search?q=${encodeURIComponent(text)}`);
  return (await answer.text()).split('"session":').length - 1;
}

afterAll(async () => {
  await browser?.close();
  await Promise.all([server?.stop(), empty?.stop()]);
});

describe.each(SHAPES)('on a screen of $name', ({ name: shape, options }) => {
  const look = async ({ name, path, show }: View, url: string) => {
    const { page, problems, close } = await openWatchedPage(browser, [server.url, empty.url], options);
    await page.goto(`${url}${path}`);
    await show(page);
    await takePicture(page, `${name}-${shape}`);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    const violations = await axeViolations(page);
    await close();
    expect(excess, 'CSS pixels wider than the screen').toBeLessThanOrEqual(0);
    expect(violations).toEqual([]);
    expect(problems).toEqual([]);
  };

  it.each(VIEWS)('$name is shown, is no wider than the screen, and axe finds nothing in it', (view) =>
    look(view, server.url),
  );

  it('so is what a server without sessions shows', () => look(FIRST_VIEW, empty.url));
});

it('at 200 % zoom a conversation keeps a height to read it in, and the player can be reached by scrolling', async () => {
  const viewport = { width: WIDE.width / 2, height: WIDE.height / 2 };
  const { page, problems, close } = await openWatchedPage(browser, [server.url], { viewport });
  await page.goto(`${server.url}/sessions/chat`);
  await read(page);
  expect((await conversation(page).boundingBox())?.height).toBeGreaterThan(viewport.height / 2);
  await page.getByRole('button', { name: 'Play', exact: true }).scrollIntoViewIfNeeded();
  const play = await page.getByRole('button', { name: 'Play', exact: true }).boundingBox();
  expect(play?.y).toBeLessThan(viewport.height);
  await close();
  expect(problems).toEqual([]);
});

it.each(['light', 'dark'] as const)('axe finds nothing at an address where no page is, in %s', async (colorScheme) => {
  const { page, close } = await openWatchedPage(browser, [server.url], { colorScheme });
  for (const path of ['/nope', '/sessions/no-such-session']) {
    await page.goto(`${server.url}${path}`);
    await page.getByRole('link', { name: 'To the sessions' }).waitFor();
    expect(await axeViolations(page), path).toEqual([]);
  }
  await close();
});
