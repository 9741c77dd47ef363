/// <reference lib="dom" />
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A page that records what a user must never see: errors, and requests to another host. */
export interface WatchedPage {
  readonly page: Page;
  /** What went wrong so far, one sentence each. Whoever goes on to another matter may empty it. */
  readonly problems: string[];
  close(): Promise<void>;
}

/** Opens an empty page. Requests to any origin but those in `allowed` are stopped, and are problems. */
export async function openWatchedPage(
  browser: Browser,
  allowed: readonly string[],
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  await context.route('**', (route) => {
    const { origin } = new URL(route.request().url());
    if (allowed.includes(origin)) return route.continue();
    problems.push(`a request to ${route.request().url()}`);
    return route.abort();
  });
  page.on('pageerror', (error) => problems.push(`an uncaught error: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`a console error: ${message.text()} (${message.location().url})`);
  });
  return { page, problems, close: () => context.close() };
}

let axeSource: Promise<string> | undefined;

/** Runs axe-core on the page once its transitions have ended: in the middle of one, colours are between two that are right. Gives one line for each violation: the rule, its help, and the elements. */
export async function axeViolations(page: Page): Promise<string[]> {
  axeSource ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // By evaluation and not by a script tag: the page's own policy forbids foreign scripts, and should.
  await page.evaluate(await axeSource);
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation instanceof CSSTransition)
        .map((transition) => transition.finished),
    ),
  );
  const results = await page.evaluate<AxeResults>('axe.run(document)');
  return results.violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help} (${nodes.map((node) => `${node.target}: ${node.failureSummary}`).join('; ')})`,
  );
}
