import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { recount } from '../../tests/support/database.ts';
import { countedAs, writeReleased } from '../../tests/support/released-database.ts';
import { numbers } from '../lib/random.mjs';

/**
 * `npx tsx bench/migration/migration.mjs` writes a database of the released schema, kills the server again and again while it brings
 * it up to date, and recounts every total. Needs a build. By default 1,000,000 observations and 20 kills.
 */
const { values: options } = parseArgs({
  options: {
    sessions: { type: 'string', default: '20000' },
    traces: { type: 'string', default: '200000' },
    observations: { type: 'string', default: '5' },
    kills: { type: 'string', default: '20' },
    /** Longest time before a kill. */
    within: { type: 'string', default: '4000' },
  },
});
const size = {
  sessions: Number(options.sessions),
  traces: Number(options.traces),
  observations: Number(options.observations),
};
const command = fileURLToPath(new URL('../../packages/server/bin/powerrag.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'powerrag-migration-'));
const file = join(folder, 'released.db');
const random = numbers(24);
try {
  writeReleased(file, size);
  console.log(`${size.traces * size.observations} observations, ${(statSync(file).size / 1e6).toFixed(0)} MB`);
  const start = performance.now();
  let kills = 0;
  while (kills < Number(options.kills) && !(await serve(random() * Number(options.within)))) kills += 1;
  const seconds = (performance.now() - start) / 1_000;
  if (kills === Number(options.kills)) await serve(null);
  console.log(
    `${kills} kills in ${seconds.toFixed(0)} s, ${((performance.now() - start) / 1_000).toFixed(0)} s in all`,
  );
  const isRight = isDeepStrictEqual(recount(file), countedAs(size));
  console.log(isRight ? 'All totals are as they were.' : `Totals differ: ${JSON.stringify(recount(file))}`);
  process.exitCode = isRight ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * Starts a server, and kills it some milliseconds after it began to work, or, for null, ends it when it listens. Returns whether it
 * came to listen.
 */
async function serve(killedAfterMs) {
  const child = spawn(process.execPath, [command, 'serve', '--port', '0', '--database', file]);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const listens = () => said.includes('is listening');
  const until = async (met) => {
    while (!met() && child.exitCode === null) await sleep(5);
  };
  if (killedAfterMs === null) await until(listens);
  else {
    await until(() => said.includes('up to date') || listens());
    const at = performance.now() + killedAfterMs;
    await until(() => listens() || performance.now() >= at);
  }
  const isListening = listens();
  child.kill(isListening ? 'SIGTERM' : 'SIGKILL');
  await ended;
  console.log(said.match(/(\d+) of \d+ traces/g)?.at(-1) ?? (isListening ? 'done' : 'killed'));
  return isListening;
}
