import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { temporaryFolder } from '../support/temporary-folder.js';
import { PROJECT_FOLDER } from './example-programs.js';

const folder = process.env.UPDATE_SCREENSHOTS === '1' ? join(PROJECT_FOLDER, 'docs/images') : temporaryFolder();

/** Takes a picture for the guides: kept in docs/images where `UPDATE_SCREENSHOTS=1` asks for it, otherwise discarded. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}
