/// <reference lib="dom" />
import { SESSION_PAGE } from '@powerrag/protocol';
import { expect, it } from 'vitest';
import { HOSTILE, hostileSpans, outsideReferences, tryEverything } from './hostile-session.js';
import { show } from './shown-session.js';

it('nothing in a trace runs, or asks another host, whatever is scrolled to, hovered over or clicked', async () => {
  const { page, problems, record, url } = await show();
  const opened: string[] = [];
  page.context().on('page', (other) => opened.push(other.url()));
  page.on('dialog', (dialog) => {
    opened.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.exposeFunction('ran', () => opened.push('a script ran'));
  const session = HOSTILE[0] ?? '';
  await record(hostileSpans(session));

  await page.goto(`${url}/sessions`);
  const link = page.getByRole('table', { name: 'Sessions' }).locator('tbody a').first();
  await link.waitFor();
  await tryEverything(page);
  await link.click();
  await page.getByRole('region', { name: 'Conversation' }).getByRole('article').first().waitFor();
  await tryEverything(page);
  for (const n of [0, 5, 9]) {
    const address = new URL(page.url());
    address.searchParams.set('trace', `${n + 1}`.padStart(32, '0'));
    address.searchParams.set('observation', '2'.padStart(16, '0'));
    await page.goto(address.href);
    await page.getByRole('heading', { name: 'Timing and origin' }).waitFor();
    await tryEverything(page);
  }
  const canvas = (await page.getByRole('group', { name: 'Lanes' }).locator('canvas').boundingBox()) ?? {
    x: 0,
    y: 0,
    width: 0,
    height: 0,
  };
  for (let x = 5; x < canvas.width; x += canvas.width / 20) {
    await page.mouse.move(canvas.x + x, canvas.y + 35);
    await page.mouse.click(canvas.x + x, canvas.y + 35);
  }
  // A link that is dragged opens nothing.
  await page.goto(`${url}${SESSION_PAGE.of(session)}`);
  const anchor = page.getByRole('region', { name: 'Conversation' }).locator('a[target="_blank"]').first();
  await anchor.hover();
  await page.mouse.down();
  await page.mouse.move(canvas.x + 50, canvas.y + 50, { steps: 4 });
  await page.mouse.up();

  expect(await outsideReferences(page)).toEqual([]);
  expect(new URL(page.url()).origin).toBe(url);
  expect(opened).toEqual([]);
  expect(problems).toEqual([]);
});
