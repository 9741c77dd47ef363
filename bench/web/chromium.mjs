import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of a Chromium: `CHROME_PATH`, else the usual names on PATH. */
export function findChromium() {
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = [process.env.CHROME_PATH ?? '', ...onPath].find((path) => path !== '' && existsSync(path));
  if (found === undefined) throw new Error('no Chromium was found: install it, or set CHROME_PATH to its program file');
  return found;
}
