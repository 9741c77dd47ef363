import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { temporaryFolder } from '../support/temporary-folder.js';
import { animatedWebp, type Frame } from './animated-webp.js';
import { PROJECT_FOLDER } from './example-programs.js';

/** Whether pictures are for the guides: then a test may show more of the same. */
export const KEEPS_SCREENSHOTS = process.env.UPDATE_SCREENSHOTS === '1';
const folder = KEEPS_SCREENSHOTS ? join(PROJECT_FOLDER, 'docs/images') : temporaryFolder();

/** Takes a picture for the guides: kept in docs/images where `UPDATE_SCREENSHOTS=1` asks for it, otherwise discarded. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}

/** Of pictures that show how a view looks: text stays sharp, at a third of the bytes of a PNG. */
const PICTURE_QUALITY = 50;
/** Only where pictures are taken: no test waits for it. */
const SETTLE_MS = 700;

/** Takes a picture of a view into docs/images/views, as WebP, where the guides are renewed. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (!KEEPS_SCREENSHOTS) return;
  // What is still on its way, and what moves, would be in the picture.
  await page.waitForTimeout(SETTLE_MS);
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: PICTURE_QUALITY });
  await session.detach();
  await mkdir(join(folder, 'views'), { recursive: true });
  await writeFile(join(folder, 'views', `${name}.webp`), Buffer.from(data, 'base64'));
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
  if (!KEEPS_SCREENSHOTS) return;
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
