import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { temporaryFolder } from '../support/temporary-folder.js';
import { animatedWebp, type Frame } from './animated-webp.js';
import { PROJECT_FOLDER } from './example-programs.js';

const isKept = process.env.UPDATE_SCREENSHOTS === '1';
const folder = isKept ? join(PROJECT_FOLDER, 'docs/images') : temporaryFolder();

/** Takes a picture for the guides: kept in docs/images where `UPDATE_SCREENSHOTS=1` asks for it, otherwise discarded. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}

/** Size of an animation in pixels: what a README shows beside its text. */
const ANIMATION = { width: 1120, height: 700 };
const FRAMES = 30;
const FRAME_MS = 220;
const QUALITY = 45;
/** The last picture stands longer, so that it can be read. */
const LAST_MS = 2_500;

/**
 * Takes an animation for the guides, where they are renewed. `show` brings the page to a part of what it shows, from 0 to 1, so that
 * the animation runs evenly however fast the machine is.
 */
export async function takeAnimation(page: Page, name: string, show: (part: number) => Promise<void>): Promise<void> {
  if (!isKept) return;
  await page.setViewportSize(ANIMATION);
  const session = await page.context().newCDPSession(page);
  const frames: Frame[] = [];
  for (let n = 0; n < FRAMES; n += 1) {
    await show(n / (FRAMES - 1));
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
    const durationMs = n === FRAMES - 1 ? LAST_MS : FRAME_MS;
    frames.push({ webp: Buffer.from(data, 'base64'), durationMs });
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.webp`), animatedWebp(frames, ANIMATION));
}
