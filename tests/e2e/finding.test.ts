/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { said, show, span } from './shown-session.js';
import { axeViolations } from './watched-page.js';

const ASKED = ['May I return the jacket?', 'Where is my parcel?', 'How late are you open?'];
const ANSWERED = ['Within sixty days.', 'It arrives tomorrow.', 'Until eight.'];

/** Three sessions, the first the latest: `s0` of ann, `s1` of bob with an error, `s2` of ann. */
const threeSessions = () =>
  ASKED.map((asked, n) =>
    span(n + 1, {
      trace: n + 1,
      from: -n * 60_000,
      attributes: {
        ...said(`s${n}`, asked, ANSWERED[n] ?? ''),
        'langfuse.observation.type': 'generation',
        'user.id': n === 1 ? 'bob' : 'ann',
        'gen_ai.request.model': n === 1 ? 'large' : 'small',
        ...(n === 1 && { 'langfuse.observation.level': 'ERROR' }),
      },
    }),
  );

const idsOf = (page: Page) =>
  page
    .locator('[data-session-id]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('data-session-id') ?? ''));

/** The list once each session has its name. */
async function openList(page: Page, url: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.goto(`${url}/sessions`);
        await page.locator('[data-session-id]').first().waitFor();
        const counts = ASKED.map((asked) => page.getByRole('row').filter({ hasText: asked }).count());
        return Promise.all(counts);
      },
      { interval: 500, timeout: 20_000 },
    )
    .toEqual([1, 1, 1]);
}

it('a row says what was asked and answered, and filters with counts narrow the list in the address', async () => {
  const { page, problems, record, url } = await show();
  await record(threeSessions());
  await openList(page, url);
  const row = page.getByRole('row').filter({ hasText: 'May I return the jacket?' });
  await row.getByText('Within sixty days.').waitFor();
  const filters = page.getByRole('navigation', { name: 'Filters' });
  await filters.getByRole('region', { name: 'User' }).getByRole('link', { name: 'ann 2' }).click();
  await expect.poll(() => idsOf(page)).toEqual(['s0', 's2']);
  await filters.getByRole('region', { name: 'User' }).getByRole('link', { name: 'bob 1' }).click();
  await expect.poll(() => idsOf(page)).toEqual(['s0', 's1', 's2']);
  await filters.getByRole('link', { name: 'with errors 1' }).click();
  await expect.poll(() => idsOf(page)).toEqual(['s1']);
  expect(new URL(page.url()).search).toBe('?userId=ann&userId=bob&hasErrors=true');
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Clear all' }).click();
  await expect.poll(() => idsOf(page)).toEqual(['s0', 's1', 's2']);
  expect(problems).toEqual([]);
});

it('found sessions that ask the same are told apart, and an answer is found without its markdown', async () => {
  const { page, problems, record, url } = await show();
  const same = (n: number, attributes: Record<string, string>) =>
    span(n, {
      trace: n,
      from: -n * 60_000,
      attributes: { ...said(`same-${n}`, 'How do I return it?', 'Within **sixty days**.'), ...attributes },
    });
  await record([
    same(1, { 'user.id': 'ann' }),
    same(2, { 'langfuse.observation.type': 'generation', 'gen_ai.request.model': 'large' }),
    same(3, {}),
  ]);
  const found = page.getByRole('list', { name: 'Found sessions' });
  // Names and words to search for follow within seconds of what is stored.
  await expect
    .poll(
      async () => {
        await page.goto(`${url}/sessions?q=sixty`);
        await found.or(page.getByText('Nothing was found.')).first().waitFor();
        return found.getByText('How do I return it?').count();
      },
      { interval: 500, timeout: 20_000 },
    )
    .toBe(3);
  const abouts = await found.locator('.found-about').allTextContents();
  expect(abouts.map((about) => about.split(' · ').slice(0, 2))).toEqual([
    ['same-1', 'ann'],
    ['same-2', 'large'],
    ['same-3', expect.not.stringMatching(/ann|large/)],
  ]);
  expect(await found.locator('.found-text').allTextContents()).toEqual(Array(3).fill('Within sixty days.'));
  expect(problems).toEqual([]);
});

it('/ searches what was said, and what is found opens the session at that moment', async () => {
  const { page, problems, record, url } = await show();
  await record(threeSessions());
  await openList(page, url);
  await page.keyboard.press('/');
  await page.keyboard.type('parcel');
  await page.keyboard.press('Enter');
  const found = page.getByRole('list', { name: 'Found sessions' });
  await expect.poll(() => found.locator('mark').allTextContents()).toEqual(['parcel']);
  expect(await axeViolations(page)).toEqual([]);
  await found.getByRole('link', { name: 'Question Where is my parcel?' }).click();
  await page.getByText('It arrives tomorrow.').first().waitFor();
  expect(new URL(page.url()).searchParams.get('observation')).toBe('2'.padStart(16, '0'));
  await page.goBack();
  await page.getByRole('searchbox').press('Escape');
  await expect.poll(() => idsOf(page)).toEqual(['s0', 's1', 's2']);
  expect(problems).toEqual([]);
});

it('a search that found nothing shows what is said meanwhile', async () => {
  const { page, problems, record, url } = await show();
  await record(threeSessions());
  await page.goto(`${url}/sessions?q=umbrella`);
  await page.getByText('Nothing was found.').waitFor();
  await record([span(9, { trace: 9, from: 60_000, attributes: said('s9', 'Where is my umbrella?', 'Here.') })]);
  await page.getByRole('link', { name: 'Question Where is my umbrella?' }).waitFor();
  expect(problems).toEqual([]);
});

it('[ and ] walk through the list from session to session, in its order and with its filters', async () => {
  const { page, problems, record, url } = await show();
  await record(threeSessions());
  await openList(page, url);
  await page.goto(`${url}/sessions?userId=ann`);
  await page.locator('[data-session-id="s0"]').click();
  await page.getByRole('link', { name: /Next session/ }).waitFor();
  await page.keyboard.press(']');
  await page.getByRole('heading', { name: ASKED[2] ?? '' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/sessions/s2');
  await page.getByRole('link', { name: /Previous session/ }).waitFor();
  await page.keyboard.press('[');
  await expect.poll(() => new URL(page.url()).pathname).toBe('/sessions/s0');
  expect(problems).toEqual([]);
});

it('new sessions wait until the reader asks for them', async () => {
  const { page, problems, record, url } = await show();
  await record(threeSessions());
  await openList(page, url);
  await record([span(9, { trace: 9, from: 60_000, attributes: said('s9', 'Anything new?', 'Yes.') })]);
  const news = page.getByRole('button', { name: '1 new' });
  await news.waitFor();
  expect(await idsOf(page)).toEqual(['s0', 's1', 's2']);
  await news.click();
  await expect.poll(() => idsOf(page)).toEqual(['s9', 's0', 's1', 's2']);
  expect(problems).toEqual([]);
});

it('an empty list shows how to send a session in three languages, and shows it when it comes', async () => {
  const { page, problems, record, url } = await show();
  await page.goto(`${url}/sessions`);
  await page.getByRole('button', { name: 'Python' }).click();
  await page.getByText('OTLPSpanExporter(').waitFor();
  await page.getByRole('button', { name: 'OTLP with curl' }).click();
  await page.getByText(`curl ${url}/v1/traces`).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await record(threeSessions());
  await expect.poll(() => idsOf(page), { timeout: 20_000 }).toEqual(['s0', 's1', 's2']);
  expect(problems).toEqual([]);
});

it('the keyboard previews and selects rows, opens the palette and its help', async () => {
  const { page, problems, record, url } = await show();
  await record(threeSessions());
  await openList(page, url);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('p');
  const preview = page.getByRole('complementary', { name: 'Preview' });
  await preview.getByText('It arrives tomorrow.').waitFor();
  await page.keyboard.press('x');
  await page.getByText('1 session selected').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard' });
  await help.getByText('Show or hide the preview').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('yesterday');
  expect(await axeViolations(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).search).toBe('?when=yesterday-evening');
  expect(problems).toEqual([]);
});

it('selected sessions are exported as one file', async () => {
  const { page, problems, record, url } = await show();
  await record(threeSessions());
  await openList(page, url);
  await page.getByRole('checkbox', { name: `Select ${ASKED[1]}` }).check();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export JSON' }).click();
  expect((await download).suggestedFilename()).toBe('sessions.json');
  expect(problems).toEqual([]);
});

it('selected sessions are deleted once the reader has confirmed it', async () => {
  const { page, problems, record, url } = await show();
  await record(threeSessions());
  await openList(page, url);
  for (const asked of [ASKED[0], ASKED[2]]) await page.getByRole('checkbox', { name: `Select ${asked}` }).check();
  await page.getByRole('button', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete 2 sessions for good?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(await idsOf(page)).toEqual(['s0', 's1', 's2']);
  await page.getByRole('button', { name: 'Delete…' }).click();
  expect(await axeViolations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Delete 2 sessions' }).click();
  await expect.poll(() => idsOf(page)).toEqual(['s1']);
  expect((await fetch(`${url}/api/v1/sessions/s0`)).status).toBe(404);
  expect(problems).toEqual([]);
});

it('a view that is saved as the default is where the list opens', async () => {
  const { page, problems, record, url } = await show();
  await record(threeSessions());
  await openList(page, url);
  await page.goto(`${url}/sessions?userId=bob&sort=cost`);
  await page.getByText('Views', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Name of this view' }).fill('Bob');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Make default' }).click();
  await page.goto(`${url}/overview`);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Sessions' }).click();
  await expect.poll(() => idsOf(page)).toEqual(['s1']);
  expect(problems).toEqual([]);
});

it('each figure of the overview leads to its sessions', async () => {
  const { page, problems, record, url } = await show();
  await record(threeSessions());
  await page.goto(`${url}/overview`);
  const models = page.getByRole('table', { name: 'By model' });
  await models.getByRole('row', { name: /^small 2/ }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await axeViolations(page)).toEqual([]);
  await models.getByRole('link', { name: 'small' }).click();
  await expect.poll(() => idsOf(page)).toEqual(['s0', 's2']);
  await page.goBack();
  await page.getByRole('list', { name: 'Totals' }).getByRole('link', { name: 'Sessions with errors 1' }).click();
  await expect.poll(() => idsOf(page)).toEqual(['s1']);
  expect(problems).toEqual([]);
});
