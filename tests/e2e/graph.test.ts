import { expect, it } from 'vitest';
import { toOtlpJson } from '../support/otlp.js';
import { said, show, span } from './shown-session.js';
import { axeViolations } from './watched-page.js';

const AN_HOUR_MS = 3_600_000;
const type = (name: string) => ({ 'langfuse.observation.type': name });

/** Stores a session of two services, the second of which has a clock that is an hour slow. */
async function recordTwoServices(url: string): Promise<void> {
  const late = -AN_HOUR_MS;
  const gateway = [
    span(1, { name: 'chat', to: 4_000, attributes: said('graph', 'When?', 'At noon.') }),
    span(2, { parent: 1, name: 'get_departures', from: 2_500, to: 3_000, attributes: type('tool') }),
    span(3, { parent: 1, name: 'get_departures', from: 3_100, to: 3_500, attributes: type('tool') }),
  ];
  const passages = [
    span(4, { parent: 1, name: 'search', from: 1_000 + late, to: 2_000 + late, attributes: type('retriever') }),
  ];
  for (const [service, spans] of [
    ['gateway', gateway],
    ['passages', passages],
  ] as const) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/v1/traces`, { method: 'POST', headers, body: toOtlpJson(spans, service) });
    expect(response.status).toBe(200);
  }
}

it('a session of two services is a graph in which each call can be selected, and its clocks are aligned', async () => {
  const { page, problems, url } = await show();
  await recordTwoServices(url);
  await page.goto(`${url}/sessions/graph`);
  // Not an hour and four seconds: the slow clock is aligned.
  const duration = page.locator('[data-figure="Duration"] dd');
  await expect.poll(() => duration.textContent()).toBe('4.00 s');
  await page.getByRole('button', { name: 'Clocks aligned' }).click();
  await expect.poll(() => duration.textContent()).toBe('1 h');
  await page.getByRole('button', { name: 'Times as sent' }).click();

  await page.getByRole('button', { name: 'Graph', exact: true }).click();
  const graph = page.getByRole('region', { name: 'Graph of calls' });
  const tool = graph.getByRole('button', { name: /get_departures.*2 calls.*900 ms/ });
  await tool.click();
  await expect.poll(() => tool.textContent()).toContain('1 of 2');
  await tool.press('Enter');
  await expect.poll(() => tool.textContent()).toContain('2 of 2');
  const panel = page.getByRole('region', { name: 'Observation' });
  await panel.getByRole('heading', { name: 'get_departures' }).waitFor();
  expect(await axeViolations(page)).toEqual([]);

  await graph.getByRole('button', { name: 'Table' }).click();
  const rows = await graph.getByRole('row').allTextContents();
  expect(rows.some((row) => /agent chat.*service passages.*11\.00 s/.test(row))).toBe(true);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await axeViolations(page)).toEqual([]);
  await graph.getByRole('button', { name: 'Picture' }).click();
  expect(await axeViolations(page)).toEqual([]);
  expect(problems).toEqual([]);
});

it('what is said while somebody reads further up is counted below, and moves nothing', async () => {
  const { page, problems, record, url } = await show();
  const answer = 'It leaves at noon from the second platform. '.repeat(60);
  const turn = (n: number) =>
    span(n, { trace: n, from: n * 2_000, attributes: said('news', `Question ${n}?`, `${answer}${n}`) });
  await record(Array.from({ length: 8 }, (_, n) => turn(n + 1)));
  const followed = page.waitForResponse((response) => response.url().includes('/changes?'));
  await page.goto(`${url}/sessions/news`);
  const messages = page.getByRole('group', { name: 'Messages' });
  await messages.getByText('Question 1?').waitFor();
  await followed;
  await record([turn(9), turn(10)]);
  const news = page.getByRole('button', { name: '4 new' });
  await news.waitFor();
  expect(await messages.evaluate((element) => element.scrollTop)).toBe(0);
  await news.click();
  await messages.getByText('Question 10?').waitFor();
  await news.waitFor({ state: 'detached' });
  // Whoever is at the end stays there.
  await record([turn(11)]);
  await messages.getByText('Question 11?').waitFor();
  await expect
    .poll(() =>
      messages.evaluate(({ scrollTop, scrollHeight, clientHeight }) => scrollHeight - clientHeight - scrollTop),
    )
    .toBeLessThan(60);
  expect(await news.count()).toBe(0);
  expect(problems).toEqual([]);
});
