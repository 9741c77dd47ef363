/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { takeScreenshot } from './screenshots.js';
import { said, show, span } from './shown-session.js';
import { axeViolations } from './watched-page.js';

const ANSWER = 'Refunds are paid within 30 days. You need the receipt.';

/** Marks words of an answer, as a drag over them does. */
async function mark(page: Page, words: string): Promise<void> {
  await page.evaluate((exact) => {
    const walker = document.createTreeWalker(document.querySelector('.conversation') ?? document, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const at = node.textContent?.indexOf(exact) ?? -1;
      if (at >= 0) document.getSelection()?.setBaseAndExtent(node, at, node, at + exact.length);
    }
  }, words);
}

it('a session, a turn, an observation and a passage are judged by keyboard and mouse, found in the list, and undone', async () => {
  const { page, problems, record, url } = await show();
  await record([
    span(1, { attributes: said('refund', 'How long does a refund take?', ANSWER) }),
    span(2, { parent: 1, name: 'search', from: 100, to: 400 }),
    span(3, { trace: 2, from: 5_000, attributes: said('refund', 'Thanks!', 'You are welcome.') }),
    span(4, { trace: 3, attributes: said('other', 'Hello?', 'Hi!') }),
  ]);
  await page.goto(`${url}/sessions/refund`);
  const conversation = page.getByRole('region', { name: 'Conversation' });
  const done = page.locator('.judge-notice');

  // The turn that is read, by key.
  await page.getByRole('button', { name: 'Bad: turn 1' }).waitFor();
  await page.keyboard.press('n');
  await done.getByText('Scored turn 1: bad.').waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Bad: turn 1' }).getAttribute('aria-pressed')).toBe('true');
  await page.keyboard.press('z');
  await done.getByText('Undone.').waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Bad: turn 1' }).getAttribute('aria-pressed')).toBe('false');

  // A passage.
  await mark(page, 'within 30 days');
  await page.getByRole('toolbar', { name: 'Judge the marked text' }).waitFor();
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'Judge “within 30 days”' });
  await dialog.getByLabel('Comment').fill('It is 14 days since May.');
  expect(await axeViolations(page)).toEqual([]);
  await page.keyboard.press('Control+Enter');
  const notes = conversation.getByRole('list', { name: 'Scores and comments on passages' });
  await notes.getByText('It is 14 days since May.').waitFor();
  expect(await page.evaluate(() => [...(CSS.highlights.get('judged-passage') ?? [])].map(String))).toEqual([
    'within 30 days',
  ]);

  // An observation, with a category; and the session, with a number.
  await page.goto(`${url}/sessions/refund?observation=${'2'.padStart(16, '0')}`);
  await page.getByRole('button', { name: 'Score or comment on search' }).click();
  await page.getByLabel('Score', { exact: true }).fill('relevance');
  await page.getByLabel('Value').fill('off topic');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('region', { name: 'Scores and comments' }).getByText('off topic').waitFor();
  await page.keyboard.press('Shift+C');
  await page.getByLabel('Score', { exact: true }).fill('solved');
  await page.getByLabel('Value').fill('0.5');
  await page.keyboard.press('Control+Enter');
  await done.getByText('Saved what you said of this session.').waitFor();

  // What the server refuses is taken back and told, and can be tried again.
  await page.route('**/api/v1/scores', (route) =>
    route.fulfill({ status: 503, json: { message: 'The disk is full.' } }),
  );
  const bad = page.getByRole('button', { name: 'Bad: turn 2' });
  await bad.click();
  await page.getByRole('alert').getByText('It was not stored. The disk is full.').waitFor();
  expect(await bad.getAttribute('aria-pressed')).toBe('false');
  await page.unroute('**/api/v1/scores');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => bad.getAttribute('aria-pressed')).toBe('true');
  await done.getByText('Stored.').waitFor();

  // In the list, where a score narrows it.
  await page.goto(`${url}/sessions`);
  const row = page.getByRole('row').filter({ has: page.locator('[data-session-id="refund"]') });
  await row.getByRole('link', { name: 'solved 0.5' }).waitFor();
  await row.getByRole('link', { name: 'good no' }).waitFor();
  await row.getByRole('img', { name: 'Activity over time' }).waitFor();
  expect(await row.locator('.comment-count').textContent()).toBe('1 comment');
  expect(await axeViolations(page)).toEqual([]);
  await row.getByRole('link', { name: 'solved 0.5' }).click();
  await expect.poll(() => page.locator('[data-session-id]').count()).toBe(1);
  expect(new URL(page.url()).search).toBe('?score=solved');
  expect(problems.filter((problem) => !problem.includes('status of 503'))).toEqual([]);
});

/** What an answer did within its second. */
function step(trace: number, name: string, type: string, from: number) {
  const attributes = { 'langfuse.observation.type': type };
  return span(20_000 + from, { trace, parent: trace, name, from, to: from + 200, attributes });
}

it('two sessions that the list selects stand side by side, with the place where they part; so do two turns of one', async () => {
  const { page, problems, record, url } = await show();
  await record([
    span(1, { from: -9_000, attributes: said('before', 'Hello?', 'Hi!') }),
    span(2, { trace: 2, from: -8_000, attributes: said('before', 'How long does a refund take?', ANSWER) }),
    step(2, 'search', 'retriever', -7_900),
    step(2, 'chat', 'generation', -7_500),
    span(3, { trace: 3, attributes: said('after', 'Hello?', 'Hi!') }),
    span(4, {
      trace: 4,
      from: 2_000,
      attributes: said('after', 'How long does a refund take?', ANSWER.replace('30', '14')),
    }),
    step(4, 'search', 'retriever', 2_100),
    step(4, 'lookup_policy', 'tool', 2_300),
    step(4, 'chat', 'generation', 2_600),
  ]);
  await page.goto(`${url}/sessions`);
  for (const id of ['before', 'after']) {
    await page
      .getByRole('row')
      .filter({ has: page.locator(`[data-session-id="${id}"]`) })
      .getByRole('checkbox')
      .check();
  }
  await page.getByRole('toolbar', { name: 'Selected sessions' }).getByRole('link', { name: 'Compare' }).click();
  await page.getByText('They part at turn 2 of A.').waitFor();
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ a: 'before', b: 'after' });
  await page.keyboard.press('d');
  const parting = page.locator('[data-parting]');
  // Markdown is loaded after the page.
  await parting.locator('mark').nth(1).waitFor();
  expect(await parting.locator('mark').allTextContents()).toEqual(['30', '14']);
  expect(await parting.getByText('another answer, other steps').count()).toBe(1);
  expect(await parting.locator('.compare-steps li:not([data-same])').allTextContents()).toEqual([
    '–lookup_policy200 ms',
  ]);
  expect(await parting.evaluate((row) => row === document.activeElement)).toBe(true);
  await page.evaluate(() => document.querySelector('main')?.scrollTo(0, 0));
  await takeScreenshot(page, 'compare');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axeViolations(page)).toEqual([]);
  }

  await page.goto(`${url}/sessions/before`);
  await page.getByRole('link', { name: 'Compare' }).click();
  await page.getByRole('button', { name: 'The same session, to compare two of its turns' }).click();
  await page.getByLabel('What of side A is compared').selectOption('1');
  await page.getByLabel('What of side B is compared').selectOption('2');
  await page.getByText('another question, another answer').waitFor();
  const address = page.url();
  expect(Object.fromEntries(new URL(address).searchParams)).toEqual({
    a: 'before',
    turnA: '1',
    b: 'before',
    turnB: '2',
  });
  await page.reload();
  await page.getByText('another question, another answer').waitFor();
  expect(problems).toEqual([]);
});
