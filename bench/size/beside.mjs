import { setTimeout as sleep } from 'node:timers/promises';
import { digestTrace } from '../../packages/server/src/digest/index.ts';
import { anyDriver, sqliteStore } from '../../packages/server/src/store/sqlite/index.ts';
import { turns } from '../search/conversations.mjs';

/** Writes into the store of `size.mjs` while that reads: `beside.mjs FILE SPANS_A_SECOND`, until it is ended. */
const [, , file, perSecond] = process.argv;
const TURNS = 20;
/** Far from the turns that are there. */
const FIRST = 10_000_000 + (Date.now() % 1_000_000_000);
const log = { info: console.log, error: console.error };
const store = sqliteStore(file, anyDriver(), log, { digestTrace });
let isEnded = false;
process.on('SIGTERM', () => {
  isEnded = true;
});
console.log('writing');
const start = performance.now();
let [written, batch] = [0, []];
for (const turn of turns(1_000_000, 10, FIRST)) {
  if (isEnded) break;
  batch.push(turn);
  if (batch.length < TURNS) continue;
  await store.write('p', batch.flat());
  written += batch.flat().length;
  batch = [];
  await sleep(Math.max(0, start + (written / Number(perSecond)) * 1_000 - performance.now()));
}
const seconds = (performance.now() - start) / 1_000;
console.log(`${(written / seconds).toFixed(0)} observations a second were written beside`);
await store.close();
