import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { digestTrace } from '../../packages/server/src/digest/index.js';
import { aTurn } from '../../packages/server/src/digest/testing.js';
import { digestWithLogWords } from '../../packages/server/src/logs/join-words.js';
import { clickhouseStore } from '../../packages/server/src/store/clickhouse/index.js';
import type { Store } from '../../packages/server/src/store/contract.js';
import { memoryStore } from '../../packages/server/src/store/memory.js';
import { anObservation } from '../../packages/server/src/store/testing.js';
import { StoreUnavailable } from '../../packages/server/src/store/unavailable.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { dyingFront } from './dying-front.js';
import { type Engine, startEngine } from './engine.js';

const digest = digestWithLogWords(digestTrace);

describe('what sessions are called on ClickHouse', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine(temporaryFolder());
  });
  afterAll(() => engine.kill());

  /** Starts a server that looks for what others have missed, and waits until it has named the session. */
  async function expectNamedByNext(url: string): Promise<void> {
    const next = await clickhouseStore({
      ...{ cluster: engine.cluster, url, digestTrace: digest },
      missedDigests: { afterS: 0, lookEveryMs: 200 },
    });
    onTestFinished(() => next.close());
    expect(await next.getSession('p', 's')).toMatchObject({ name: null });
    await expectNamed(next);
  }

  async function expectNamed(store: Store): Promise<void> {
    await expect
      .poll(async () => (await store.getSession('p', 's'))?.name, { timeout: 60_000 })
      .toBe('May I return it?');
  }

  it('is what was asked first, with the last answer, whichever server took which turn, and when turns move away', async () => {
    const url = await engine.database();
    const nodes = [
      await clickhouseStore({ cluster: engine.cluster, url, digestTrace: digest }),
      await clickhouseStore({ cluster: engine.cluster, url, digestTrace: digest }),
    ] as const;
    const oracle = memoryStore(digest);
    onTestFinished(async () => {
      for (const store of [...nodes, oracle]) await store.close();
    });
    const turns = [
      aTurn({ trace: 2, sessionId: 's', question: 'How?', answer: 'By post.' }),
      aTurn({ trace: 1, sessionId: 's', question: 'May I return it?', answer: 'Yes.' }),
      aTurn({ trace: 3, sessionId: 'other', question: 'And then?', answer: 'You wait.' }),
    ];
    const list = async (store: typeof oracle | (typeof nodes)[number]) =>
      // Each store has numbers of its own for changes.
      (await store.listSessions('p', { limit: 10 })).sessions.map(({ revision: _, ...session }) => session);
    for (const [index, turn] of turns.entries()) {
      const node = nodes[index % 2] ?? nodes[0];
      await node.write('p', turn);
      await node.digested();
      await oracle.write('p', turn);
      for (const each of nodes) expect(await list(each)).toEqual(await list(oracle));
    }
    const moved = aTurn({ trace: 1, sessionId: 'other', question: 'May I return it?', answer: 'Yes.' }).map((each) => ({
      ...each,
      endMs: (each.endMs ?? each.startMs) + 1,
    }));
    await nodes[0].write('p', moved);
    await nodes[0].digested();
    await oracle.write('p', moved);
    for (const each of nodes) expect(await list(each)).toEqual(await list(oracle));
    expect((await list(oracle)).map(({ name }) => name).toSorted()).toEqual(['How?', 'May I return it?']);
  });

  it('is known although the server that took the turn ended before it read it', async () => {
    const url = await engine.database();
    const first = await clickhouseStore({ cluster: engine.cluster, url, digestTrace: digest });
    await first.write('p', aTurn({ trace: 1, sessionId: 's', question: 'May I return it?', answer: 'Yes.' }));
    // What is due is not digested any more.
    await first.close();
    await expectNamedByNext(url);
  });

  const SILENT = anObservation({ type: 'generation', trace: { sessionId: 's' } });
  const SAID = {
    ...{ traceId: SILENT.traceId, id: SILENT.id, key: 'k', place: 0, name: 'gen_ai.user.message', timeMs: 1 },
    attributes: { content: 'May I return it?', role: 'user' },
  };

  it('is known although the server that took its words from a log ended before it read them', async () => {
    const url = await engine.database();
    const first = await clickhouseStore({ cluster: engine.cluster, url, digestTrace: digest });
    await first.write('p', [SILENT]);
    await first.digested();
    await first.writeLogEvents('p', [SAID]);
    await first.close();
    await expectNamedByNext(url);
  });

  it('is known although the server that took its words from a log ended as soon as they were stored', async () => {
    const url = await engine.database();
    let isStored = false;
    const dying = await dyingFront(engine, url, (statement) => {
      if (/^\s*insert into `?log_events/i.test(statement)) isStored = true;
      return isStored && /^\s*insert into `?revisions/i.test(statement);
    });
    const first = await clickhouseStore({
      ...{ cluster: engine.cluster, url: dying.url, digestTrace: digest },
      takeOver: { afterS: 3_600, lookEveryMs: 3_600_000 },
    });
    onTestFinished(() => first.close());
    await first.write('p', [SILENT]);
    await first.digested();
    await expect(first.writeLogEvents('p', [SAID])).rejects.toThrow(StoreUnavailable);
    expect(dying.isEnded()).toBe(true);
    const next = await clickhouseStore({
      ...{ cluster: engine.cluster, url, digestTrace: digest },
      takeOver: { afterS: 0, lookEveryMs: 50 },
    });
    onTestFinished(() => next.close());
    await expectNamed(next);
  });

  it('is read of many turns by the same few statements', async () => {
    const statements: string[] = [];
    const front = await dyingFront(engine, await engine.database(), (statement) => {
      statements.push(statement);
      return false;
    });
    const store = await clickhouseStore({ cluster: engine.cluster, url: front.url, digestTrace: digest });
    onTestFinished(() => store.close());
    const turns = Array.from({ length: 8 }, (_, index) =>
      aTurn({ trace: index + 1, sessionId: 's', question: 'Why?', answer: 'Because.' }),
    );
    await store.write('p', turns.flat());
    await store.digested();
    expect(await store.getSession('p', 's')).toMatchObject({ turnCount: 8 });
    const readsOf = (what: string) => statements.filter((each) => each.includes(what)).length;
    expect(readsOf('version, shown, input, output FROM traces')).toBe(1);
    expect(readsOf('FROM log_events')).toBe(1);
    expect(readsOf('SELECT trace_id, digest FROM trace_digests')).toBe(1);
  });

  it('is known by itself soon after a write', async () => {
    const store = await clickhouseStore({ cluster: engine.cluster, url: await engine.database(), digestTrace: digest });
    onTestFinished(() => store.close());
    await store.write('p', aTurn({ trace: 1, sessionId: 's', question: 'May I return it?', answer: 'Yes.' }));
    await expectNamed(store);
  });
});
