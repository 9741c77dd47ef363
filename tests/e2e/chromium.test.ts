import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';
import { findChromium } from './chromium.js';

describe('findChromium', () => {
  it('takes the program that CHROME_PATH names, and says so when it is not there', async () => {
    const file = join(temporaryFolder(), 'my-chrome');
    expect(() => findChromium({ CHROME_PATH: file })).toThrow('there is no such file');
    await writeFile(file, '');
    expect(findChromium({ CHROME_PATH: file })).toBe(file);
  });

  it('finds the usual names on PATH', async () => {
    const folder = temporaryFolder();
    await writeFile(join(folder, 'google-chrome'), '');
    await chmod(join(folder, 'google-chrome'), 0o755);
    expect(findChromium({ PATH: folder })).toBe(join(folder, 'google-chrome'));
  });
});
