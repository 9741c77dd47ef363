import type { Page } from 'playwright-core';

/** One view of the page, as a reader comes to it. */
export interface View {
  readonly name: string;
  readonly path: string;
  /** Brings the page from its address to what is shown. */
  readonly show: (page: Page) => Promise<void>;
}

export const conversation = (page: Page) => page.getByRole('region', { name: 'Conversation' });
/** Waits until a session can be read. */
export const read = async (page: Page) => conversation(page).getByRole('article').first().waitFor();
const press = (key: string, dialog: string) => async (page: Page) => {
  await read(page);
  await page.keyboard.press(key);
  await page.getByRole('dialog', { name: dialog }).waitFor();
};

/** What a server without sessions shows. */
export const FIRST_VIEW: View = {
  name: 'first',
  path: '/',
  show: (page) =>
    page
      .getByText(/curl|npm/)
      .first()
      .waitFor(),
};

/** Every view of a server with the sessions `chat`, `corrected`, `run` and others. */
export const VIEWS: readonly View[] = [
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
  {
    name: 'nothing-found',
    path: '/sessions?q=zeppelin',
    show: (page) => page.getByText('Nothing was found.').waitFor(),
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
  {
    name: 'details',
    path: '/sessions/chat',
    async show(page) {
      await read(page);
      await page.getByRole('button', { name: 'Steps', exact: true }).click();
      await page
        .getByRole('button', { name: /search_documents/ })
        .first()
        .click();
      await page.getByRole('heading', { name: 'Timing and origin' }).waitFor();
    },
  },
  {
    name: 'tree',
    path: '/sessions/chat',
    async show(page) {
      await read(page);
      // On a phone the way around is a pane of its own.
      const outline = page.getByRole('button', { name: 'Outline', exact: true });
      if (await outline.isVisible()) await outline.click();
      await page.getByRole('button', { name: 'Trace tree', exact: true }).click();
      await page.getByRole('treeitem').first().waitFor();
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
