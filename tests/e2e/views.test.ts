/// <reference lib="dom" />
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { agentRun } from '../support/sessions/agent-run.js';
import { manyChats } from '../support/sessions/many-chats.js';
import { correctedChat, supportChat } from '../support/sessions/support-chat.js';
import { waitFor } from '../support/wait-for.js';
import { launchChromium } from './chromium.js';
import { KEEPS_SCREENSHOTS, takePicture } from './screenshots.js';
import { openWatchedPage } from './watched-page.js';

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** A phone is the narrowest: what fits there fits. The others are for the pictures of the guides. */
const SHAPES: readonly { readonly name: string; readonly options: BrowserContextOptions }[] = [
  { name: 'phone-light', options: { viewport: PHONE, colorScheme: 'light' } },
  ...(KEEPS_SCREENSHOTS
    ? ([
        { name: 'phone-dark', options: { viewport: PHONE, colorScheme: 'dark' } },
        { name: 'wide-light', options: { viewport: WIDE, colorScheme: 'light' } },
        { name: 'wide-dark', options: { viewport: WIDE, colorScheme: 'dark' } },
      ] as const)
    : []),
];

interface View {
  readonly name: string;
  readonly path: string;
  /** Brings the page from its address to what is shown. */
  readonly show: (page: Page) => Promise<void>;
}

const conversation = (page: Page) => page.getByRole('region', { name: 'Conversation' });
const read = async (page: Page) => conversation(page).getByRole('article').first().waitFor();
const press = (key: string, dialog: string) => async (page: Page) => {
  await read(page);
  await page.keyboard.press(key);
  await page.getByRole('dialog', { name: dialog }).waitFor();
};

const VIEWS: readonly View[] = [
  {
    name: 'list',
    path: '/sessions',
    show: (page) =>
      page
        .getByRole('link', { name: /cordless drill/ })
        .first()
        .waitFor(),
  },
  {
    name: 'search',
    path: '/sessions?q=returned+within+60+days',
    show: (page) => page.locator('mark').first().waitFor(),
  },
  { name: 'conversation', path: '/sessions/chat', show: read },
  {
    name: 'passages',
    path: '/sessions/chat',
    async show(page) {
      await conversation(page)
        .getByRole('button', { name: /documents found, used/ })
        .first()
        .click();
      await conversation(page).getByText('used in the answer').first().scrollIntoViewIfNeeded();
    },
  },
  { name: 'replay', path: '/sessions/chat?t=55600', show: read },
  {
    name: 'steps',
    path: '/sessions/run',
    async show(page) {
      await page.getByRole('region', { name: 'Findings' }).getByRole('button').first().click();
      await page.getByRole('heading', { name: 'Timing and origin' }).waitFor();
    },
  },
  {
    name: 'graph',
    path: '/sessions/chat',
    async show(page) {
      await page.getByRole('button', { name: 'Graph', exact: true }).click();
      await page
        .getByRole('region', { name: 'Graph of calls' })
        .getByRole('button', { name: /lookup_order/ })
        .waitFor();
    },
  },
  { name: 'compare', path: '/compare?a=chat&b=corrected', show: (page) => page.getByText('They part here').waitFor() },
  {
    name: 'judge',
    path: '/sessions/chat',
    async show(page) {
      // What judges comes after what is judged.
      await page.getByRole('button', { name: 'Bad: turn 1', exact: true }).waitFor();
      await press('c', 'Judge turn 1')(page);
    },
  },
  { name: 'share', path: '/sessions/chat', show: press('Shift+S', 'Share this session') },
  { name: 'overview', path: '/overview', show: (page) => page.getByRole('table', { name: 'By model' }).waitFor() },
  { name: 'commands', path: '/sessions/chat', show: press('Control+k', 'Commands') },
  { name: 'keys', path: '/sessions/chat', show: press('?', 'Keyboard') },
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
  it('every view is shown, and none is wider than the screen', async () => {
    const { page, problems, close } = await openWatchedPage(browser, [server.url, empty.url], options);
    const wide: string[] = [];
    const look = async ({ name, path, show }: View, url: string) => {
      await page.goto(`${url}${path}`);
      await show(page);
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (excess > 0) wide.push(`${name} is ${excess} px wider than the screen`);
      await takePicture(page, `${name}-${shape}`);
    };
    await look(
      {
        name: 'first',
        path: '/',
        show: (at) =>
          at
            .getByText(/curl|npm/)
            .first()
            .waitFor(),
      },
      empty.url,
    );
    for (const view of VIEWS) await look(view, server.url);
    await close();
    expect(wide).toEqual([]);
    expect(problems).toEqual([]);
  });
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
