import { parseArgs } from 'node:util';
import { figure, markdownTable, thousands } from '../lib/table.mjs';
import { startServer } from '../server/server.mjs';
import { framesDuring, quantile } from './frames.mjs';
import { heapMiB, open, playing, resting, scriptKilobytes, scrubbing, wholeSession, withPage } from './page.mjs';
import { conversation, digested, longMessage, send, shortSessions } from './sessions.mjs';

/**
 * `node bench/web/web.mjs` measures the page in Chromium against the built server and prints Markdown.
 *
 * `--only` takes the names of parts, comma-separated: frames, large, message, list, script.
 */
const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: 'frames,large,message,list,script' },
    turns: { type: 'string', default: '2000' },
    'large-turns': { type: 'string', default: '10000' },
    sessions: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '6' },
  },
});
const seconds = Number(options.seconds);
const FRAME_HEADINGS = [
  'ms of a frame',
  'frames',
  'computing, median',
  'p95',
  'worst',
  'longest task',
  'between frames, p95',
];

const parts = { frames, large, message, list, script };
const server = await startServer();
try {
  for (const name of options.only.split(',')) {
    if (!(name in parts)) throw new Error(`--only ${name} names no part; there are ${Object.keys(parts).join(', ')}`);
    console.log(`\n${await parts[name]()}`);
  }
} finally {
  await server.stop();
}

/** Opening, playing and scrubbing a session of 10,000 observations. */
async function frames() {
  const turns = Number(options.turns);
  await send(server.url, conversation({ sessionId: 'long', turns }));
  await digested(server.url, 'long', turns);
  return withPage(async (page) => {
    const opened = [];
    for (let round = 0; round < 5; round += 1) opened.push(await open(page, server.url, 'long'));
    await wholeSession(page, turns * 5);
    const rows = [
      frameRow('at rest', await resting(page, { seconds: seconds / 2 })),
      frameRow('playing at 1x', await playing(page, { speed: 1, seconds })),
      frameRow('playing at 16x', await playing(page, { speed: 16, seconds })),
      frameRow('scrubbing', await scrubbing(page, { seconds })),
    ];
    await page.getByRole('button', { name: 'Steps', exact: true }).click();
    rows.push(frameRow('steps: playing at 16x', await playing(page, { speed: 16, seconds })));
    rows.push(frameRow('steps: scrubbing', await scrubbing(page, { seconds })));
    const heap = await heapMiB(page);
    return [
      `${thousands(turns * 5)} observations in ${thousands(turns)} traces: interactive ${opened.map(openedWords).join(', ')}; ${figure(heap)} MiB of heap after all this.`,
      markdownTable(FRAME_HEADINGS, rows),
    ].join('\n\n');
  });
}

function openedWords({ ms, cpuMs }) {
  return `${figure(ms)} ms after navigation (computing ${figure(cpuMs)})`;
}

function frameRow(name, { cpuMs, wallMs, betweenMs }) {
  const figures = [quantile(cpuMs, 0.5), quantile(cpuMs, 0.95), Math.max(...cpuMs), Math.max(...wallMs)];
  return [name, cpuMs.length, ...figures.map(figure), figure(quantile(betweenMs, 0.95))];
}

async function large() {
  const turns = Number(options['large-turns']);
  await send(server.url, conversation({ sessionId: 'larger', turns }));
  await digested(server.url, 'larger', turns);
  return withPage(async (page) => {
    const opened = await open(page, server.url, 'larger');
    await wholeSession(page, turns * 5);
    const wholeMs = await page.evaluate(() => performance.now());
    const heap = await heapMiB(page);
    return [
      `${thousands(turns * 5)} observations: interactive ${openedWords(opened)}, whole after ${figure(wholeMs)} ms, ${figure(heap)} MiB of heap.`,
      markdownTable(FRAME_HEADINGS, [frameRow('scrubbing', await scrubbing(page, { seconds }))]),
    ].join('\n\n');
  });
}

async function message() {
  await send(server.url, [longMessage({ sessionId: 'message', bytes: 5_000_000 })]);
  return withPage(async (page) => {
    await page.goto(server.url);
    const opening = await framesDuring(page, async () => {
      await page.evaluate(() => {
        history.pushState(null, '', '/sessions/message');
        dispatchEvent(new PopStateEvent('popstate'));
      });
      await page.locator('.message').first().waitFor();
      await page.waitForTimeout(1_000);
    });
    const loading = await framesDuring(page, async () => {
      await page.getByRole('button', { name: /^Load all/ }).click();
      await page.getByRole('button', { name: /^Load/ }).waitFor({ state: 'detached' });
      await page.waitForTimeout(1_000);
    });
    return markdownTable(FRAME_HEADINGS, [
      frameRow('opening a message of 5 MB', opening),
      frameRow('loading all of it', loading),
    ]);
  });
}

async function list() {
  const sessions = Number(options.sessions);
  await send(server.url, shortSessions(sessions));
  return withPage(async (page) => {
    const openMs = [];
    for (let round = 0; round < 5; round += 1) {
      await page.goto(server.url, { waitUntil: 'commit' });
      await page.locator('tbody tr a').first().waitFor();
      openMs.push(await page.evaluate(() => performance.now()));
    }
    const scrolling = await framesDuring(page, async () => {
      await page.mouse.move(700, 500);
      const untilMs = performance.now() + seconds * 1_000;
      while (performance.now() < untilMs) await page.mouse.wheel(0, 240);
    });
    return [
      `A list of ${thousands(sessions)} sessions: rows ${openMs.map(figure).join(', ')} ms after navigation.`,
      markdownTable(FRAME_HEADINGS, [frameRow('scrolling', scrolling)]),
    ].join('\n\n');
  });
}

async function script() {
  await send(server.url, conversation({ sessionId: 'short', turns: 3 }));
  return withPage(async (page) => {
    const views = {
      'the list': server.url,
      'a session': `${server.url}/sessions/short`,
      'the overview': `${server.url}/overview`,
    };
    const rows = [];
    for (const [name, address] of Object.entries(views)) {
      rows.push([name, figure(await scriptKilobytes(page, address))]);
      await page.context().clearCookies();
    }
    return markdownTable(['scripts at first load', 'kB gzip'], rows);
  });
}
