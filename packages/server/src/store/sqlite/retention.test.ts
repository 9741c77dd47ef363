import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { digestTrace } from '../../digest/index.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { mediaIdOf } from '../media.js';
import { anObservation, spanId, traceId } from '../testing.js';
import { anyDriver } from './driver.js';
import { sqliteStore } from './index.js';

const PROJECT = 'p';
const driver = anyDriver();

function start() {
  const path = join(temporaryFolder(), 'traces.db');
  const store = sqliteStore(path, driver, undefined, { digestTrace });
  onTestFinished(() => store.close());
  return { path, store };
}

/** In which of its files a database has the text. */
function filesWith(path: string, text: string): string[] {
  const backup = `${path}-backup`;
  copyFileSync(path, backup);
  return [path, `${path}-wal`, backup].filter((file) => existsSync(file) && readFileSync(file).includes(text));
}

function count(path: string, table: string): number {
  const database = driver(path, { readOnly: true });
  try {
    return Number(Object.values(database.prepare(`SELECT count(*) FROM ${table}`).get() as object)[0]);
  } finally {
    database.close();
  }
}

const said = (number: number, text: string, sessionId: string) =>
  anObservation({
    ...{ traceId: traceId(number), id: spanId(number), type: 'generation', name: `call ${text}` },
    startMs: 1000 + number,
    endMs: 2000 + number,
    body: {
      input: JSON.stringify([{ role: 'user', content: `${text} ${number} ${'and more words '.repeat(20)}` }]),
      output: `an answer of ${text} ${'z'.repeat(300)}`,
      metadata: { note: text },
    },
    trace: { sessionId, userId: `user ${text}`, tags: [text], input: `in ${text} ${'y'.repeat(200)}` },
  });

describe('deleting from a SQLite file', () => {
  it('leaves no byte of what was deleted in the database, its log or a backup, while more is stored', async () => {
    const { path, store } = start();
    let number = 0;
    const write = async (text: string, sessionId: string) => {
      number += 1;
      await store.write(PROJECT, [said(number, text, sessionId)]);
    };
    for (let i = 0; i < 300; i++) {
      await write('ordinary', `kept ${i % 7}`);
      if (i % 3 === 0) await write('xqsecretzw', 'private xqsecretzw');
    }
    await store.digested();
    expect(filesWith(path, 'xqsecretzw')).not.toEqual([]);

    let isOver = false;
    const load = (async () => {
      for (let i = 0; !isOver; i++) {
        await write('ordinary', `kept ${i % 7}`);
        await new Promise(setImmediate);
      }
    })();
    expect(await store.deleteTraces(PROJECT, { kind: 'user', userId: 'user xqsecretzw' })).toBe(100);
    await store.purged();
    isOver = true;
    await load;
    await store.digested();

    expect(filesWith(path, 'xqsecretzw')).toEqual([]);
    expect(filesWith(path, 'ordinary')).not.toEqual([]);
    const { total } = await store.listTraces(PROJECT, { limit: 1 });
    expect(total).toBe(number - 100);
    const found = await store.searchSessions(PROJECT, { text: 'ordinary', limit: 10 });
    expect(found.results.length).toBe(7);
  });

  it('sweeps the contents that better versions of an observation have left behind, and none that is used', async () => {
    const { path, store } = start();
    const shared = JSON.stringify([
      { role: 'system', content: 'be kind '.repeat(50) },
      { role: 'user', content: 'x'.repeat(200) },
    ]);
    for (let version = 1; version <= 20; version++) {
      const output = `version ${version} ${'of many '.repeat(50)}`;
      await store.write(PROJECT, [anObservation({ endMs: 1000 + version, body: { input: shared, output } })]);
    }
    expect(count(path, 'contents')).toBe(22);
    await store.purged();
    expect(count(path, 'contents')).toBe(3);
    const [body] = await store.readBodies(PROJECT, [{ traceId: 'a'.repeat(32), id: 'b'.repeat(16) }]);
    expect(body?.input).toBe(shared);
    expect(body?.output).toContain('version 20');
  });

  it('keeps a text once for a trace and for what search shows of it, as long as one of the two needs it', async () => {
    const { path, store } = start();
    const answer = (version: number) =>
      anObservation({
        ...{ type: 'generation', endMs: 1000 + version, trace: { sessionId: 's' } },
        body: { input: 'why', output: `version ${version} ${'of a long answer '.repeat(50).trim()}` },
      });
    const found = async (text: string) => {
      const { results } = await store.searchSessions(PROJECT, { text, limit: 10 });
      return results.flatMap(({ matches }) => matches.map((match) => match.text.slice(0, 9)));
    };
    await store.write(PROJECT, [answer(1)]);
    await store.digested();
    expect(count(path, 'contents')).toBe(1);
    expect(count(path, `trace_digests WHERE content_keys = '[1]' AND length(entries) < 500`)).toBe(1);
    expect(await found('version')).toEqual(['version 1']);

    await store.write(PROJECT, [answer(2)]);
    await store.purged();
    // Whichever version search knows of by now, its text is there.
    expect(await found('version')).toHaveLength(1);
    await store.digested();
    expect(await found('version')).toEqual(['version 2']);
    await store.purged();
    expect(count(path, 'contents')).toBe(1);

    await store.deleteTraces(PROJECT, { kind: 'session', sessionId: 's' });
    await store.purged();
    expect(count(path, 'contents')).toBe(0);
    expect(count(path, 'sweepable_contents')).toBe(0);
  });

  it('deletes media with the last trace that refers to it', async () => {
    const { store } = start();
    const media = ['own', 'shared', 'not yet named'].map((text) => {
      const bytes = Buffer.from(text.repeat(10));
      return { id: mediaIdOf(bytes), contentType: 'image/png', bytes };
    });
    await store.writeMedia(PROJECT, media);
    const [own, shared, loose] = media.map(({ id }) => id);
    const reference = (id: string | undefined) => `@@@langfuseMedia:type=image/png|id=${id}|source=bytes@@@`;
    const write = (number: number, ids: readonly (string | undefined)[]) =>
      store.write(PROJECT, [
        anObservation({ traceId: traceId(number), body: { input: JSON.stringify(ids.map(reference)) } }),
      ]);
    await write(1, [own, shared]);
    await write(2, [shared]);
    await store.deleteTraces(PROJECT, { kind: 'traces', traceIds: [traceId(1)] });
    await store.purged();
    const there = async (id: string | undefined) => (await store.readMedia(PROJECT, id ?? '')) !== null;
    expect([await there(own), await there(shared), await there(loose)]).toEqual([false, true, true]);
  });

  it('goes on with a deletion that a crash interrupted', async () => {
    const { path, store } = start();
    await store.write(PROJECT, [said(1, 'begun', 's'), said(2, 'begun', 's')]);
    await store.close();
    const database = driver(path);
    database.exec(`INSERT INTO deletions (project_id, kind, value, last_key) VALUES ('p', 'session', 's', 2)`);
    database.close();
    const again = sqliteStore(path, driver, undefined, { digestTrace });
    onTestFinished(() => again.close());
    await again.purged();
    expect((await again.listSessions(PROJECT, { limit: 10 })).sessions).toEqual([]);
    expect(await again.deleteTraces(PROJECT, { kind: 'session', sessionId: 's' })).toBe(0);
    expect(filesWith(path, 'begun')).toEqual([]);
  });

  it('uses no key of a deleted row again', async () => {
    const { path, store } = start();
    await store.write(PROJECT, [said(1, 'first', 's')]);
    await store.deleteTraces(PROJECT, { kind: 'session', sessionId: 's' });
    await store.purged();
    await store.close();
    const again = sqliteStore(path, driver);
    onTestFinished(() => again.close());
    await again.write(PROJECT, [said(2, 'second', 's')]);
    const database = driver(path, { readOnly: true });
    onTestFinished(() => void database.close());
    expect(
      database
        .prepare('SELECT trace_key, session_key, (SELECT min(content_key) FROM contents) AS content_key FROM traces')
        .all(),
    ).toEqual([expect.objectContaining({ trace_key: 2, session_key: 2, content_key: 4 })]);
  });
});
