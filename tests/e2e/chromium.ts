import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

/** Starts a headless Chromium that is installed on this machine. Throws an error that says how to install one if it is missing. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium(process.env);
  // Chromium's own sandbox needs what containers often lack; the pages here are ours.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** The path of a Chromium, Chrome or Edge: `CHROME_PATH`, else the usual names on PATH, else where installers put it. */
export function findChromium(env: NodeJS.ProcessEnv): string {
  if (env.CHROME_PATH) {
    if (existsSync(env.CHROME_PATH)) return env.CHROME_PATH;
    throw new Error(`CHROME_PATH is ${env.CHROME_PATH}, and there is no such file`);
  }
  const found = candidates(env).find((path) => existsSync(path));
  if (found) return found;
  throw new Error(
    'These tests open the page in Chromium, and none was found. Install it (Debian and Ubuntu: `apt-get install chromium`; ' +
      'macOS: `brew install --cask google-chrome`; Windows: `winget install Google.Chrome`), ' +
      'or set CHROME_PATH to the program file of a Chromium, Chrome or Edge.',
  );
}

function candidates(env: NodeJS.ProcessEnv): string[] {
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const onMac = ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
    (app) => `/Applications/${app}.app/Contents/MacOS/${app}`,
  );
  const onWindows = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google/Chrome/Application/chrome.exe'),
      join(folder, 'Chromium/Application/chrome.exe'),
      join(folder, 'Microsoft/Edge/Application/msedge.exe'),
    ]);
  return [...onPath, ...onMac, ...onWindows];
}
