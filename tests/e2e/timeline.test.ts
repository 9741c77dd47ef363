/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { said, show, span } from './shown-session.js';

const FAILED = { 'langfuse.observation.type': 'tool', 'langfuse.observation.level': 'ERROR' };

/** Where the timeline has painted the colour of failures, in CSS pixels of the window: the middle of each run in the topmost row. */
async function redPlaces(page: Page): Promise<{ x: number; y: number }[]> {
  return page.locator('.timeline-area canvas').evaluate((canvas: HTMLCanvasElement) => {
    const probe = document.createElement('span');
    probe.style.color = 'var(--danger)';
    document.body.append(probe);
    const danger = getComputedStyle(probe).color.match(/\d+/g)?.join();
    probe.remove();
    const { width, height } = canvas;
    const data = canvas.getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
    const red = Array.from({ length: width * height }, (_, n) => n).filter(
      (n) => `${data[4 * n]},${data[4 * n + 1]},${data[4 * n + 2]}` === danger,
    );
    const row = Math.floor((red[0] ?? 0) / width);
    const columns = red.filter((n) => Math.floor(n / width) === row).map((n) => n % width);
    const starts = columns.filter((x) => !columns.includes(x - 1));
    const ends = columns.filter((x) => !columns.includes(x + 1));
    const box = canvas.getBoundingClientRect();
    return starts.map((start, n) => ({
      x: box.left + (start + (ends[n] ?? start) + 1) / 2 / devicePixelRatio,
      y: box.top + (row + 1) / devicePixelRatio,
    }));
  });
}

async function clickAndRead(page: Page, place: { x: number; y: number }): Promise<string> {
  await page.mouse.click(place.x, place.y);
  const heading = page
    .getByRole('region', { name: 'Observation' })
    .getByRole('heading', { level: 2 })
    .filter({ hasNotText: 'This session' });
  await heading.waitFor();
  return (await heading.textContent()) ?? '';
}

it('a click at a red bar selects the tool that failed', async () => {
  const { page, problems, record, url } = await show();
  await record([
    span(1, { name: 'turn', to: 10_000, attributes: said('red', 'Why?', 'Because.') }),
    span(2, { parent: 1, name: 'fine tool', from: 1_000, to: 3_000 }),
    span(3, { parent: 1, name: 'broken tool', from: 5_000, to: 5_040, attributes: FAILED }),
    span(4, { parent: 1, name: 'other tool', from: 5_050, to: 8_000 }),
  ]);
  await page.goto(`${url}/sessions/red`);
  await page.getByText('Why?').first().waitFor();
  const places = await redPlaces(page);
  expect(places).toHaveLength(1);
  for (const place of places) expect(await clickAndRead(page, place)).toBe('broken tool');
  expect(problems).toEqual([]);
});

it('of hundreds of bars on one pixel the failed one is painted, and a click there selects it', async () => {
  const { page, problems, record, url } = await show();
  const crowd = Array.from({ length: 400 }, (_, n) =>
    span(n + 2, {
      parent: 1,
      name: n === 250 ? 'broken tool' : `tool ${n}`,
      from: 5_000 + n,
      to: 5_000 + n,
      attributes: n === 250 ? FAILED : {},
    }),
  );
  const attributes = said('crowd', 'Why?', 'Because.');
  await record([span(1, { name: 'turn', to: 3_600_000, attributes }), ...crowd]);
  await page.goto(`${url}/sessions/crowd`);
  await page.getByText('Why?').first().waitFor();
  const [place = { x: 0, y: 0 }, ...others] = await redPlaces(page);
  expect(others).toEqual([]);
  expect(await clickAndRead(page, place)).toBe('broken tool');
  expect(problems).toEqual([]);
});

it('of two bars that overlap in one row a click selects the one on top', async () => {
  const { page, problems, record, url } = await show();
  // More at once than a lane has rows: the last share a row, and the failed one is painted last.
  const atOnce = Array.from({ length: 20 }, (_, n) =>
    span(n + 2, {
      parent: 1,
      name: n === 14 ? 'broken tool' : `tool ${n}`,
      from: 1_000 + n,
      to: 9_000 - n,
      attributes: n === 14 ? FAILED : {},
    }),
  );
  await record([span(1, { name: 'turn', to: 10_000, attributes: said('over', 'Why?', 'Because.') }), ...atOnce]);
  await page.goto(`${url}/sessions/over`);
  await page.getByText('Why?').first().waitFor();
  await page.getByRole('group', { name: 'Lanes' }).evaluate((area) => area.scrollTo(0, area.scrollHeight));
  await expect.poll(async () => (await redPlaces(page)).length).toBeGreaterThan(0);
  for (const place of (await redPlaces(page)).slice(0, 1)) expect(await clickAndRead(page, place)).toBe('broken tool');
  expect(problems).toEqual([]);
});
