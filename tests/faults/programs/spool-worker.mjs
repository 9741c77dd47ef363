import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** Terminates a thread that traces after it has ended this many spans: `node spool-worker.mjs <plan as JSON> <spans>`. */
const [plan, spans] = process.argv.slice(2);
const worker = new Worker(new URL('spool-emit.mjs', import.meta.url), { argv: [plan] });
const { ledger } = JSON.parse(plan);
while (readFileSync(ledger, 'utf8').split('\n').length <= Number(spans)) await sleep(5);
await worker.terminate();
