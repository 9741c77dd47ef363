/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { said, show, span } from './shown-session.js';

/** The ids of the rows, from the top. */
const idsOf = (page: Page) =>
  page
    .locator('[data-session-id]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('data-session-id') ?? ''));

it('users, tags and environments of rows narrow the list together, and each can be taken away', async () => {
  const { page, problems, record, url } = await show();
  const of = (trace: number, id: string, user: string, tags: string[], environment: string) =>
    span(1, {
      trace,
      attributes: {
        ...said(id, 'Q', 'A'),
        'user.id': user,
        'langfuse.trace.tags': JSON.stringify(tags),
        'langfuse.environment': environment,
      },
    });
  await record([
    of(1, 'one', 'ann', ['beta', 'a, b'], 'prod'),
    of(2, 'two', 'ann', ['beta'], 'dev'),
    of(3, 'three', 'bob', ['beta', 'a, b'], 'prod'),
  ]);
  await page.goto(`${url}/sessions`);
  const table = page.getByRole('table', { name: 'Sessions' });
  const ids = async () => (await idsOf(page)).toSorted();
  await table.waitFor();
  await table.getByRole('link', { name: 'a, b' }).first().click();
  await expect.poll(ids).toEqual(['one', 'three']);
  await table.getByRole('link', { name: 'ann' }).first().click();
  await expect.poll(ids).toEqual(['one']);
  await table.getByRole('link', { name: 'prod' }).first().click();
  await page.getByRole('link', { name: 'Environment: prod' }).waitFor();
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
    userId: 'ann',
    environment: 'prod',
    tag: 'a, b',
  });
  await page.getByRole('link', { name: 'User: ann' }).click();
  await expect.poll(ids).toEqual(['one', 'three']);
  expect(problems).toEqual([]);
});

it('the users, tags and conversations of a session lead to the sessions that share them', async () => {
  const { page, problems, record, url } = await show();
  const attributes = {
    ...said('open', 'Q', 'A'),
    'user.id': 'ann',
    'langfuse.trace.tags': JSON.stringify(['beta']),
    'gen_ai.conversation.id': 'conv_1?&=/é',
  };
  await record([span(1, { attributes })]);
  const header = page.locator('.session-header');
  const details = page.getByRole('region', { name: 'Observation' });
  for (const [place, name, query] of [
    [header, 'ann', { userId: 'ann' }],
    [header, 'beta', { tag: 'beta' }],
    [details, 'ann', { userId: 'ann' }],
    [details, 'beta', { tag: 'beta' }],
    [details, 'conv_1?&=/é', { conversationId: 'conv_1?&=/é' }],
  ] as const) {
    await page.goto(`${url}/sessions/open`);
    await page.getByRole('treeitem').first().click();
    await place.getByRole('link', { name, exact: true }).click();
    await page.locator('[data-session-id="open"]').waitFor();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual(query);
  }
  expect(problems).toEqual([]);
});

it('arrows walk through the rows, Enter opens one, and back leads to the same place with the focus on it', async () => {
  const { page, problems, record, url } = await show();
  await record(
    Array.from({ length: 40 }, (_, n) =>
      span(1, { trace: n + 1, from: -n * 1_000, attributes: said(`session ${n}`, `Question ${n}`, `Answer ${n}`) }),
    ),
  );
  await page.goto(`${url}/sessions`);
  const table = page.getByRole('table', { name: 'Sessions' });
  await table.waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  const focusedId = () => page.evaluate(() => document.activeElement?.getAttribute('data-session-id'));
  for (let n = 0; n < 26; n++) await page.keyboard.press('ArrowDown');
  expect(await focusedId()).toBe('session 25');
  await page.keyboard.press('ArrowUp');
  expect(await focusedId()).toBe('session 24');
  const scrolled = () => page.locator('main').evaluate((main) => main.scrollTop);
  const before = await scrolled();
  expect(before).toBeGreaterThan(0);
  await page.keyboard.press('Enter');
  await page.getByText('Answer 24').first().waitFor();
  // The keyboard goes on in the session, not at the top of the document.
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  // A session is called by its first question.
  expect(await focused()).toBe('Question 24');
  await page.goBack();
  await table.waitFor();
  await expect.poll(scrolled).toBe(before);
  expect(await focusedId()).toBe('session 24');
  await page.keyboard.press('Home');
  expect(await focusedId()).toBe('session 0');
  expect(problems).toEqual([]);
});

it('costs align at the point, and a session that a wrong clock puts into the future is listed by when it came', async () => {
  const { page, problems, record, url } = await show();
  const beforeMs = Date.now();
  const cost = (usd: number) => ({
    'langfuse.observation.type': 'generation',
    'langfuse.observation.cost_details': JSON.stringify({ total: usd }),
  });
  await record([
    span(1, { trace: 1, attributes: { 'session.id': 'dear', ...cost(12.4) } }),
    span(1, { trace: 2, attributes: { 'session.id': 'cheap', ...cost(0.0123) } }),
    span(1, { trace: 3, from: 25 * 3_600_000, attributes: { 'session.id': 'ahead' } }),
  ]);
  await page.goto(`${url}/sessions`);
  const row = (id: string) => page.getByRole('row').filter({ has: page.locator(`[data-session-id="${id}"]`) });
  const listedMs = Date.parse((await row('ahead').locator('time').getAttribute('datetime')) ?? '');
  expect(listedMs).toBeGreaterThanOrEqual(beforeMs);
  expect(listedMs).toBeLessThanOrEqual(Date.now());
  const pointAt = (id: string) =>
    row(id)
      .getByText('$')
      .evaluate((cell) => {
        const text = cell.firstChild;
        const point = text?.textContent?.indexOf('.') ?? 0;
        const range = document.createRange();
        if (text) range.setStart(text, point);
        if (text) range.setEnd(text, point + 1);
        return range.getBoundingClientRect().left;
      });
  // Fonts give the space for a digit a width that differs from a digit's by a part of a pixel.
  expect(Math.abs((await pointAt('dear')) - (await pointAt('cheap')))).toBeLessThan(1);
  expect(problems).toEqual([]);
});

it('an address that leads nowhere says so, with a way to the sessions', async () => {
  const { page, url } = await show();
  const response = await page.goto(`${url}/nope`);
  expect(response?.status()).toBe(404);
  await page.getByText('There is no page at this address.').waitFor();
  await page.getByRole('link', { name: 'To the sessions' }).click();
  await page.getByRole('heading', { name: 'Sessions' }).waitFor();
});
