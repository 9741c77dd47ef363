import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { digestTrace } from '../../packages/server/src/digest/index.js';
import { aTurn } from '../../packages/server/src/digest/testing.js';
import {
  type ClickhouseOptions,
  type ClickhouseStore,
  clickhouseStore,
} from '../../packages/server/src/store/clickhouse/index.js';
import { deliveries, readOut } from '../../packages/server/src/store/deliveries.testing.js';
import { mediaIdOf } from '../../packages/server/src/store/media.js';
import { memoryStore } from '../../packages/server/src/store/memory.js';
import type { Deletion } from '../../packages/server/src/store/retention.js';
import { anObservation, traceId } from '../../packages/server/src/store/testing.js';
import { StoreUnavailable } from '../../packages/server/src/store/unavailable.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { dyingFront } from './dying-front.js';
import { type Engine, startEngine } from './engine.js';
import { RUNS } from './runs.js';

const HOUR_MS = 3_600_000;
const DELETIONS: readonly Deletion[] = [
  ...[1, 2, 3].map((number) => ({ kind: 'traces' as const, traceIds: [traceId(number)] })),
  { kind: 'session', sessionId: 's1' },
  { kind: 'user', userId: 'ann' },
  { kind: 'ended-before', endedBeforeMs: 26 },
];

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(temporaryFolder());
});
afterAll(() => engine.kill());

async function open(url: string, options: Partial<ClickhouseOptions> = {}): Promise<ClickhouseStore> {
  const store = await clickhouseStore({ cluster: engine.cluster, url, ...options });
  onTestFinished(() => store.close());
  return store;
}

describe('a deletion on ClickHouse', () => {
  it('stands however the writes of other nodes interleave with it, and leaves the other traces as they are', async () => {
    const url = await engine.database();
    const [one, other, deleting] = [await open(url), await open(url), await open(url)];
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        deliveries,
        fc.array(fc.constantFrom(...DELETIONS), { minLength: 1, maxLength: 3 }),
        async ({ versions, batches }, deletions) => {
          number += 1;
          const project = `p${number}`;
          const half = Math.ceil(batches.length / 2);
          const writeAll = async (node: ClickhouseStore, some: typeof batches) => {
            for (const batch of some) await node.write(project, batch);
          };
          await Promise.all([
            writeAll(one, batches.slice(0, half)),
            writeAll(other, batches.slice(half)),
            (async () => {
              for (const what of deletions) await deleting.deleteTraces(project, what);
            })(),
          ]);
          const { traces } = await one.listTraces(project, {});
          const left = new Set(traces.map(({ id }) => id));
          const gone = [...new Set(versions.map((version) => version.traceId))].filter((id) => !left.has(id));
          // Sent again, to whichever node.
          await other.write(project, versions);
          const oracle = memoryStore();
          await oracle.write(project, versions);
          await oracle.deleteTraces(project, { kind: 'traces', traceIds: gone });
          for (const node of [one, other, deleting]) {
            expect(await readOut(node, project, versions)).toEqual(await readOut(oracle, project, versions));
          }
        },
      ),
      // Another run interleaves differently: shrinking would say nothing.
      { numRuns: RUNS, endOnFailure: true },
    );
  });

  it('takes pictures with it that no other trace shows', async () => {
    let nowMs = Date.now();
    const store = await open(await engine.database(), { now: () => nowMs });
    const picture = (name: string) => {
      const bytes = new Uint8Array(Buffer.from(name));
      const id = mediaIdOf(bytes);
      const shown = `@@@langfuseMedia:type=image/png|id=${id}|source=bytes@@@`;
      return { media: { id, contentType: 'image/png', bytes }, id, shown };
    };
    const [own, shared, unnamed] = [picture('own'), picture('shared'), picture('not named yet')];
    await store.writeMedia('p', [own.media, shared.media, unnamed.media]);
    const showing = (trace: number, ...texts: string[]) =>
      anObservation({ traceId: traceId(trace), body: { input: texts.join(' ') } });
    await store.write('p', [showing(1, own.shown, 'long '.repeat(100), shared.shown), showing(2, shared.shown)]);
    await store.deleteTraces('p', { kind: 'traces', traceIds: [traceId(1)] });
    await store.purged();
    expect(await store.readMedia('p', own.id), 'what was uploaded within the hour').not.toBeNull();
    nowMs += 2 * HOUR_MS;
    await store.purged();
    expect(await store.readMedia('p', own.id)).toBeNull();
    for (const { id } of [shared, unnamed]) expect(await store.readMedia('p', id)).not.toBeNull();
    await store.deleteTraces('p', { kind: 'traces', traceIds: [traceId(2)] });
    await store.purged();
    expect(await store.readMedia('p', shared.id)).toBeNull();
    expect(await store.readMedia('p', unnamed.id)).not.toBeNull();
  });

  it('leaves nothing of what was said in any table, and all that other traces say as well', async () => {
    const url = await engine.database();
    const shared = 'What everybody says. '.repeat(20);
    const secret = 'xyzzy';
    let nowMs = Date.now();
    const store = await open(url, { digestTrace, now: () => nowMs });
    const turn = (trace: number, sessionId: string, question: string) =>
      aTurn({ trace, sessionId, question, answer: `${shared}${question}`, metadata: { question } });
    await store.write('p', turn(1, 'kept', 'A question'));
    await store.digested();
    await store.write('p', turn(2, 'kept', `${secret} ${'is long. '.repeat(40)}`));
    await store.write('p', turn(3, 'gone', `${secret} ${'is long. '.repeat(40)}`));
    const score = { kind: 'comment', id: 'c', sessionId: 'gone', traceId: traceId(3), observationId: null } as const;
    await store.writeAnnotations('p', [
      {
        ...{ ...score, source: { traceId: null, observationId: null }, timeMs: 1, name: '', dataType: null },
        ...{ value: null, stringValue: null, text: secret, origin: 'ANNOTATION', environment: null },
        ...{ authorUserId: null, metadata: {} },
      },
    ]);
    await store.digested();
    const before = await store.readBodies('p', await store.listObservations('p', { traceId: traceId(1) }));
    expect(await tablesWith(url, secret)).toEqual(expect.arrayContaining(['annotations', 'contents', 'trace_digests']));
    await store.deleteTraces('p', { kind: 'traces', traceIds: [traceId(2)] });
    await store.deleteTraces('p', { kind: 'session', sessionId: 'gone' });
    // What was written in the last hour may be in a batch that is being stored.
    nowMs += 2 * HOUR_MS;
    await store.purged();
    expect(await tablesWith(url, secret)).toEqual([]);
    expect(await store.readBodies('p', await store.listObservations('p', { traceId: traceId(1) }))).toEqual(before);
    expect((await store.searchSessions('p', { text: 'everybody', limit: 10 })).results).toMatchObject([
      { session: { id: 'kept', traceCount: 1 } },
    ]);
    await store.write('p', turn(3, 'gone', secret));
    expect(await store.getSession('p', 'gone')).toBeNull();
  });

  it('is finished by another node when the one that began it ends', async () => {
    const url = await engine.database();
    const store = await clickhouseStore({ cluster: engine.cluster, url, takeOver: { afterS: 0, lookEveryMs: 50 } });
    onTestFinished(() => store.close());
    await store.write('p', [anObservation({ traceId: traceId(1), trace: { sessionId: 's' } })]);
    const front = await dyingFront(engine, url, (statement) => /^\s*insert into `?traces`?\s/i.test(statement));
    const dying = await clickhouseStore({
      cluster: engine.cluster,
      url: front.url,
      takeOver: { afterS: 3_600, lookEveryMs: 3_600_000 },
    });
    onTestFinished(() => dying.close());
    await expect(dying.deleteTraces('p', { kind: 'session', sessionId: 's' })).rejects.toThrow(StoreUnavailable);
    expect(front.isEnded()).toBe(true);
    await expect.poll(() => store.getSession('p', 's')).toBeNull();
    expect(await store.getTrace('p', traceId(1))).toBeNull();
  });
});

/** The tables in which any row has the text, contents among them. */
async function tablesWith(url: string, text: string): Promise<string[]> {
  const database = new URL(url).pathname.slice(1);
  const all = (await engine.run(`SELECT name FROM system.tables WHERE database = '${database}' ORDER BY name`)).trim();
  const found: string[] = [];
  for (const table of all.split('\n')) {
    const count = await engine.run(
      `SELECT count() FROM ${database}.${table} WHERE position(toString(tuple(*)), '${text}') > 0`,
    );
    if (count.trim() !== '0') found.push(table);
  }
  return found;
}
