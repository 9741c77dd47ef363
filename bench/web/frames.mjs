/** What the main thread did while something went on: by a trace of Chromium itself. */

/** The mark that the page sets in each frame. */
const FRAME_BEGINS = 'bench frame';

/**
 * Runs `work` and gives what each frame cost. `cpuMs` is the time that the page's main thread computed from one frame to the next,
 * by the clock of that thread: other programs on the machine do not change it much. `wallMs` are the longest tasks by the clock on
 * the wall, and `betweenMs` the times between frames, which an idle machine is needed for.
 */
export async function framesDuring(page, work) {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline', 'blink.user_timing'] },
  });
  await startFrames(page);
  await work();
  const betweenMs = await stopFrames(page);
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  return { ...byFrame(events), betweenMs };
}

async function startFrames(page) {
  await page.evaluate((mark) => {
    const times = [];
    window.benchFrames = { times, stopped: false };
    const note = (now) => {
      times.push(now);
      performance.mark(mark);
      if (!window.benchFrames.stopped) requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  }, FRAME_BEGINS);
}

async function stopFrames(page) {
  const times = await page.evaluate(() => {
    window.benchFrames.stopped = true;
    return window.benchFrames.times;
  });
  return times.slice(1).map((time, n) => time - times[n]);
}

function byFrame(events) {
  const main = mainThread(events);
  const tasks = events
    .filter((event) => event.name === 'RunTask' && event.ph === 'X' && isOn(event, main))
    .sort((a, b) => a.ts - b.ts);
  const begins = events.filter((event) => event.name === FRAME_BEGINS && isOn(event, main)).map(({ ts }) => ts);
  begins.sort((a, b) => a - b);
  const cpuMs = new Array(begins.length).fill(0);
  const wallMs = [];
  let at = 0;
  for (const { ts, tdur, dur } of tasks) {
    // A frame has what is computed from its beginning to the next.
    while (at + 1 < begins.length && begins[at + 1] <= ts + dur) at += 1;
    cpuMs[at] += (tdur ?? dur) / 1_000;
    wallMs.push(dur / 1_000);
  }
  return { cpuMs: cpuMs.slice(1), wallMs };
}

/** The thread that computes the page: of all main threads of renderers the one that drew most frames. */
function mainThread(events) {
  const counts = new Map();
  for (const { name, pid, tid } of events) {
    if (name === FRAME_BEGINS) counts.set(`${pid} ${tid}`, (counts.get(`${pid} ${tid}`) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

function isOn({ pid, tid }, thread) {
  return `${pid} ${tid}` === thread;
}

/** The value that this part of all values is at or below. */
export function quantile(values, part) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
