import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { findChromium } from './chromium.mjs';
import { framesDuring } from './frames.mjs';

/** Deadline against a hang, in milliseconds. */
const DEADLINE_MS = 120_000;

/** Runs `work` with a page of its own in a new Chromium. */
export async function withPage(work) {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--js-flags=--expose-gc', '--enable-precise-memory-info'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(DEADLINE_MS);
    return await work(page);
  } finally {
    await browser.close();
  }
}

/**
 * Opens a session. Gives the milliseconds from navigation until its first turn stands there and the page answers to a key, and how
 * many of them its main thread computed.
 */
export async function open(page, url, sessionId) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await threadSeconds(session);
  await page.goto(`${url}/sessions/${encodeURIComponent(sessionId)}`, { waitUntil: 'commit' });
  const ms = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const look = () => {
          const problem = document.querySelector('.app-main .notice')?.textContent;
          if (problem?.includes('could not be loaded')) return reject(new Error(problem));
          const play = document.querySelector('.player-play:not(:disabled)');
          if (play === null || document.querySelector('.conversation-row') === null) return setTimeout(look, 5);
          // What the thread has still to do before it can answer comes first.
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now()), 0));
        };
        look();
      }),
  );
  // A navigation may bring a new process, whose clock begins anew.
  const after = await threadSeconds(session);
  await session.detach();
  return { ms, cpuMs: 1_000 * (after >= before ? after - before : after) };
}

async function threadSeconds(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN;
}

/** Waits until all observations of a session are there: the figure in the header says so in full. */
export async function wholeSession(page, count) {
  const text = count.toLocaleString('en-US');
  await page.waitForFunction(
    (wanted) => document.querySelector('[data-figure="Observations"] dd')?.textContent === wanted,
    text,
  );
}

/** Frames while the session plays at a speed. */
export async function playing(page, { speed, seconds }) {
  await page.getByRole('slider', { name: 'Playhead' }).press('5');
  await page.getByRole('combobox', { name: 'Speed' }).selectOption(`${speed}`);
  await page.waitForTimeout(500);
  const frames = await framesDuring(page, async () => {
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.waitForTimeout(seconds * 1_000);
  });
  await page.getByRole('button', { name: 'Pause' }).click();
  return frames;
}

/** Frames while the pointer drags the playhead over the whole bar and back. */
export async function scrubbing(page, { seconds }) {
  const { x, y, width, height } = await page.getByRole('slider', { name: 'Playhead' }).boundingBox();
  const middle = y + height / 2;
  await page.mouse.move(x + 2, middle);
  await page.mouse.down();
  await page.waitForTimeout(500);
  const frames = await framesDuring(page, async () => {
    const beginsMs = performance.now();
    for (;;) {
      const part = (performance.now() - beginsMs) / (seconds * 1_000);
      if (part >= 1) break;
      await page.mouse.move(x + 2 + (width - 4) * (1 - Math.abs(1 - 2 * part)), middle);
    }
  });
  await page.mouse.up();
  return frames;
}

/** Frames of the same machine while the page does nothing. */
export const resting = (page, { seconds }) => framesDuring(page, () => page.waitForTimeout(seconds * 1_000));

/** The heap of the page's JavaScript after a collection, in MiB. */
export async function heapMiB(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  for (let round = 0; round < 3; round += 1) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 2 ** 20;
}

/** What scripts of the page weigh after gzip, in kB, as they come when an address is opened. */
export async function scriptKilobytes(page, address) {
  const bodies = [];
  const note = (response) => {
    if (response.request().resourceType() === 'script') bodies.push(response.body());
  };
  page.on('response', note);
  await page.goto(address, { waitUntil: 'networkidle' });
  page.off('response', note);
  return (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body).length, 0) / 1_000;
}
