import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'tsup';
import { Body, sameText, textsOfTheirOwn } from './body.mjs';
import { conversationBodies } from './conversation-body.mjs';

/**
 * What each step from bytes to what search finds costs, in this process and compiled from source: `node bench/server/stages.mjs`
 * prints microseconds of CPU per span of 2 kB as JSON, by step: of all batches, the one that a quarter of them is faster than.
 * `node bench/server/stages.mjs different` lets every span say something else, which is the worst case for a store that keeps each
 * text once. `--spans 5` makes traces of 5 spans, each in one of 400 sessions, of the 512 of a batch (default: one trace a batch);
 * `conversations` sends turns of conversations instead, in JSON, of 5 spans that carry the history. To see where the time of a step
 * goes: `node --cpu-prof bench/server/stages.mjs`.
 */
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { spans: { type: 'string', default: '512' } },
});
const isConversation = positionals[0] === 'conversations';
const SPANS_A_TRACE = isConversation ? 5 : Number(options.spans);
const TRACES_A_BATCH = Math.max(1, Math.floor(512 / SPANS_A_TRACE));
const SPANS_A_BATCH = TRACES_A_BATCH * SPANS_A_TRACE;
const BATCHES = 40;
/** Batches that are not measured: the code is still compiled. */
const WARM_UP = 10;
const SENDERS = 4;

const SOURCE = fileURLToPath(new URL('../../packages/server/src/', import.meta.url));
/** In the package of the server, where its dependencies are found. */
const COMPILED = fileURLToPath(new URL('../../packages/server/.cache/stages', import.meta.url));
const MODULES = [
  'otlp/decode-protobuf',
  'otlp/decode-json',
  'otlp/limits',
  'normalise/index',
  'prices/index',
  'ingest/bound-observation',
].concat(['media/cut-writers', 'digest/index', 'store/sqlite/index']);

const isDifferent = positionals[0] === 'different';

console.log(JSON.stringify(await measureStages()));

async function measureStages() {
  await build({
    ...{ config: false, silent: true, clean: true, format: ['esm'], target: 'es2022', platform: 'node', shims: true },
    entry: Object.fromEntries(MODULES.map((name) => [name, `${SOURCE}${name}.ts`])),
    outDir: COMPILED,
    outExtension: () => ({ js: '.mjs' }),
  });
  const [protobuf, json, limits, normalising, prices, bounds, media, digesting, sqlite] = await Promise.all(
    MODULES.map((name) => import(`${COMPILED}/${name}.mjs`)),
  );
  const folder = mkdtempSync(join(tmpdir(), 'powerrag-stages-'));
  const log = { info: () => {}, error: console.error };
  const { digestTrace } = digesting;
  const store = sqlite.sqliteStore(join(folder, 'stages.db'), sqlite.anyDriver(), log, { digestTrace });
  const withCost = prices.estimateCosts();
  const cutter = media.withMediaCut({ write: async () => {} }, { writeMedia: async () => {} });
  const nextText = isDifferent ? textsOfTheirOwn(7) : sameText;
  const decode = isConversation ? json.decodeJson : protobuf.decodeProtobuf;
  const nextBody = isConversation ? conversations() : bodies(nextText);
  const times = {};
  const measured = async (name, work) => {
    const before = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    times[name] ??= [];
    times[name].push((user + system) / SPANS_A_BATCH);
    return result;
  };
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const body = nextBody(batch);
    const { spans, rejected } = await measured('decode', () => decode(body, limits.DEFAULT_LIMITS));
    const read = await measured('normalise', () => spans.map((span) => withCost(normalising.normalise(span))));
    const bound = await measured('bound', () =>
      read.map((each) => bounds.boundObservation(each, limits.DEFAULT_LIMITS, rejected)),
    );
    await measured('look for media', () => cutter.write('bench', bound));
    await measured('store', () => store.write('bench', bound));
    await measured('digest', () => store.digested());
  }
  await store.close();
  rmSync(folder, { recursive: true });
  return Object.fromEntries(
    Object.entries(times).map(([name, all]) => {
      const sorted = all.slice(WARM_UP).sort((a, b) => a - b);
      return [name, sorted[Math.floor(sorted.length / 4)]];
    }),
  );
}

function conversations() {
  const all = conversationBodies(TRACES_A_BATCH);
  return () => all.next().value;
}

/** Makes the body of a batch: traces that are each in a session of the sender. */
function bodies(nextText) {
  const made = new Map();
  const bodyOf = (sender, trace) => {
    const key = `${sender}-${String(trace).padStart(6, '0')}`;
    const body = (isDifferent ? undefined : made.get(key)) ?? new Body(SPANS_A_TRACE, key, nextText);
    made.set(key, body);
    return body;
  };
  return (batch) => {
    const sender = batch % SENDERS;
    const traces = Array.from({ length: TRACES_A_BATCH }, (_, trace) =>
      Buffer.from(bodyOf(sender, trace).with(batch * TRACES_A_BATCH + trace, sender)),
    );
    return Buffer.concat(traces);
  };
}
