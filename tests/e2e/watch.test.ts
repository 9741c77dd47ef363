/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { said, show, span } from './shown-session.js';
import { axeViolations } from './watched-page.js';

const TOOL = { 'langfuse.observation.type': 'tool' };
const FAILED = { ...TOOL, 'langfuse.observation.level': 'ERROR' };

/** Two turns of ten seconds each, half an hour apart; the second fails at its start. */
const TWO_TURNS = [
  span(1, { name: 'agent', to: 10_000, attributes: said('watch', 'First?', 'First answer.') }),
  span(2, { parent: 1, name: 'search', from: 1_000, to: 9_000, attributes: TOOL }),
  span(3, {
    trace: 2,
    name: 'agent',
    from: 1_810_000,
    to: 1_820_000,
    attributes: said('watch', 'Second?', 'Second one.'),
  }),
  span(4, { trace: 2, parent: 3, name: 'lookup', from: 1_811_000, to: 1_819_000, attributes: FAILED }),
];

async function open() {
  const shown = await show();
  await shown.record(TWO_TURNS);
  await shown.page.goto(`${shown.url}/sessions/watch`);
  await shown.page.getByText('First answer.').first().waitFor();
  const canvas = shown.page.locator('.timeline-area canvas');
  const box = await canvas.boundingBox();
  if (box === null) throw new Error('the timeline is not shown');
  return { ...shown, box, timeline: shown.page.getByRole('region', { name: 'Timeline' }) };
}

/** How many pixels of the timeline have the colour of failures. */
function redPixels(page: Page): Promise<number> {
  return page.locator('.timeline-area canvas').evaluate((canvas: HTMLCanvasElement) => {
    const probe = document.createElement('span');
    probe.style.cssText = 'color: var(--danger); forced-color-adjust: none';
    document.body.append(probe);
    const danger = getComputedStyle(probe).color.match(/\d+/g)?.join();
    probe.remove();
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let count = 0;
    for (let n = 0; n < data.length; n += 4) if (`${data[n]},${data[n + 1]},${data[n + 2]}` === danger) count++;
    return count;
  });
}

it('shift and drag marks a stretch, says its totals, and Escape clears it', async () => {
  const { page, box, timeline, problems } = await open();
  await page.keyboard.down('Shift');
  await page.mouse.move(box.x + 2, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 2, box.y + 80, { steps: 3 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  const totals = timeline.getByRole('status');
  await totals.getByText('4 observations').waitFor();
  await totals.getByText('1 error').waitFor();
  await page.keyboard.press('Escape');
  await totals.waitFor({ state: 'detached' });
  expect(problems).toEqual([]);
});

it('the wheel zooms, f shows what is selected, and a narrower window does not lose the session', async () => {
  const { page, box, timeline, problems } = await open();
  const out = timeline.getByRole('button', { name: 'Zoom out' });
  expect(await out.isDisabled()).toBe(true);
  await page.mouse.move(box.x + 100, box.y + 80);
  await page.mouse.wheel(0, -400);
  await expect.poll(() => out.isDisabled()).toBe(false);
  await page.mouse.wheel(0, 2_000);
  await expect.poll(() => out.isDisabled()).toBe(true);
  await page.keyboard.press('e');
  await page.keyboard.press('f');
  await expect.poll(() => out.isDisabled()).toBe(false);
  await page.setViewportSize({ width: 390, height: 844 });
  await timeline.waitFor();
  expect(await out.isVisible()).toBe(true);
  expect(problems).toEqual([]);
});

it('a replay does not tell beforehand what will fail', async () => {
  const { page, problems } = await open();
  const tools = page.getByRole('table', { name: 'Tools and searches' });
  expect(await redPixels(page)).toBeGreaterThan(0);
  await tools.getByText('1 failed').waitFor();
  await page.keyboard.press('Home');
  await expect.poll(() => redPixels(page)).toBe(0);
  await tools.waitFor({ state: 'detached' });
  await page.keyboard.press('End');
  await tools.getByText('1 failed').waitFor();
  await expect.poll(() => redPixels(page)).toBeGreaterThan(0);
  expect(problems).toEqual([]);
});

it('forced colours do not lose the timeline', async () => {
  const { page } = await open();
  await page.emulateMedia({ forcedColors: 'active' });
  await page.reload();
  await page.getByText('First answer.').first().waitFor();
  await expect.poll(() => redPixels(page)).toBeGreaterThan(0);
});

it.each([
  ['no-preference', true],
  ['reduce', false],
] as const)('with reduced motion at %s, something moves: %s', async (reducedMotion, moves) => {
  const { page } = await open();
  await page.emulateMedia({ reducedMotion });
  await page.evaluate(() => {
    const mark = (): void => document.documentElement.setAttribute('data-moved', '');
    for (const kind of ['transitionrun', 'animationstart']) document.addEventListener(kind, mark, true);
  });
  await page.getByRole('button', { name: 'Hide' }).first().hover();
  await page.keyboard.press('Home');
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Pause' }).hover();
  await page.keyboard.press('End');
  await page.getByText('Second one.').first().waitFor();
  const moved = () =>
    page.evaluate(() => document.getAnimations().length > 0 || 'moved' in document.documentElement.dataset);
  await expect.poll(moved).toBe(moves);
  const scrolls = await page.evaluate(
    () =>
      [...document.querySelectorAll('*')].filter((each) => getComputedStyle(each).scrollBehavior === 'smooth').length,
  );
  expect(scrolls).toBe(0);
});

it('panes are sized and hidden by keyboard, and stay so', async () => {
  const { page, timeline, problems } = await open();
  await page.getByRole('separator', { name: 'Width of the turns' }).focus();
  await page.keyboard.press('Enter');
  await timeline.getByRole('button', { name: 'Hide' }).click();
  await page.reload();
  await timeline.getByRole('button', { name: 'Show timeline' }).waitFor();
  expect(await page.locator('.session > .navigator').evaluate((pane) => pane.clientWidth)).toBe(0);
  expect(await page.locator('.timeline-area').isVisible()).toBe(false);
  expect(problems).toEqual([]);
});

it.each(['light', 'dark'] as const)(
  'axe finds nothing in a replay with a marked stretch, in the %s',
  async (colorScheme) => {
    const { page } = await open();
    await page.emulateMedia({ colorScheme });
    await page.keyboard.press('3');
    await page.keyboard.press('i');
    expect(await axeViolations(page)).toEqual([]);
  },
);
