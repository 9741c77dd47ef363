import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Log } from '../../base/log.js';
import { deliveries } from '../deliveries.testing.js';
import { type DigestTrace, EMPTY_DIGEST } from '../digests.js';
import { anObservation, spanId, traceId } from '../testing.js';
import { anyDriver, type Database, type Driver } from './driver.js';
import { sqliteStore } from './index.js';
import { MIGRATIONS } from './migrations.js';

const folder = mkdtempSync(join(tmpdir(), 'powerrag-digests-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const freshPath = () => join(folder, `${files++}.db`);

/** The name of the first observation is the question. */
const byName: DigestTrace = ({ observations: [first] }) => ({
  ...EMPTY_DIGEST,
  question: first?.name ?? null,
  turnCount: 1,
  entries:
    first === undefined ? [] : [{ kind: 'question', observationId: first.id, atMs: first.startMs, text: first.name }],
});

const NO_LOG: Log = { info: () => {}, error: () => {} };
const named = (trace: number, name: string, sessionId = 's') =>
  anObservation({ traceId: traceId(trace), name, startMs: trace, endMs: trace, trace: { sessionId } });

/** A driver whose databases the test can look into, and whose statements can fail. */
function watched(onExec: (sql: string) => void = () => {}) {
  const opened: Database[] = [];
  const open: Driver = (path) => {
    const database = anyDriver()(path);
    if (!path.endsWith('-lock')) opened.push(database);
    return {
      exec: (sql) => {
        onExec(sql);
        return database.exec(sql);
      },
      prepare: (sql) => database.prepare(sql),
      close: () => database.close(),
    };
  };
  const rows = (sql: string) => opened.at(-1)?.prepare(sql).all() ?? [];
  return { open, rows };
}

describe('digests in SQLite', () => {
  it('tell of the traces whose session they name, and of none when nothing changes', async () => {
    const told: unknown[] = [];
    const store = sqliteStore(freshPath(), anyDriver(), NO_LOG, {
      digestTrace: byName,
      onShown: (...shown) => told.push(shown),
    });
    await store.write('p', [named(1, 'first'), named(2, 'second', 'other')]);
    await store.digested();
    expect(told.splice(0)).toEqual([['p', [traceId(1), traceId(2)]]]);
    await store.write('p', [{ ...named(1, 'first'), id: spanId(9), startMs: 5 }]);
    await store.digested();
    expect(told).toEqual([]);
    await store.close();
  });

  it('are made by the next server when this one dies first, in the middle too', async () => {
    const path = freshPath();
    const store = sqliteStore(path, anyDriver(), NO_LOG);
    await store.write('p', [named(1, 'first'), named(2, 'second')]);
    await store.close();

    let isDying = false;
    const dying = watched((sql) => {
      if (isDying && sql === 'COMMIT') throw new Error('killed');
    });
    const killed = sqliteStore(path, dying.open, NO_LOG, { digestTrace: byName });
    isDying = true;
    await expect(killed.digested()).rejects.toThrow('killed');
    expect(dying.rows('SELECT trace_key FROM due_digests')).toHaveLength(2);
    expect(dying.rows('SELECT trace_key FROM trace_digests')).toHaveLength(0);
    isDying = false;
    await killed.close();

    const next = sqliteStore(path, anyDriver(), NO_LOG, { digestTrace: byName });
    await next.digested();
    expect(await next.getSession('p', 's')).toMatchObject({ name: 'first', turnCount: 2 });
    expect((await next.searchSessions('p', { text: 'second', limit: 1 })).results).toHaveLength(1);
    await next.close();
  });

  it('reach the full-text index as one segment for all traces of a transaction, whatever the order of their sessions', async () => {
    const looked = watched();
    const store = sqliteStore(freshPath(), looked.open, NO_LOG, { digestTrace: byName, clock: () => 0 });
    const traces = Array.from({ length: 13 }, (_, n) => named(n + 1, `question${n} about order${n}`, `s${n % 4}`));
    await store.write('p', traces);
    await store.digested();
    expect(looked.rows('SELECT DISTINCT segid FROM search_idx')).toHaveLength(1);
    expect(looked.rows('SELECT DISTINCT segid FROM search_word_parts_idx')).toHaveLength(1);
    const found = await store.searchSessions('p', { text: 'rder12', limit: 5 });
    expect(found.results.map(({ session }) => session.id)).toEqual(['s0']);
    await store.close();
  });

  it('are made anew of a trace that changes, and not at all of one that is deleted, before they are written', async () => {
    const clock = { ms: 0 };
    const made: string[] = [];
    const counting: DigestTrace = (trace) => {
      clock.ms += 40;
      made.push(trace.trace.id);
      return byName(trace);
    };
    const store = sqliteStore(freshPath(), anyDriver(), NO_LOG, { digestTrace: counting, clock: () => clock.ms });
    await store.write(
      'p',
      [1, 2, 3, 4].map((n) => named(n, `name${n}`, `s${n}`)),
    );
    const digested = store.digested();
    // A slice makes one digest.
    while (made.length < 2) await new Promise(setImmediate);
    await Promise.all([
      store.write('p', [{ ...named(1, 'earlier', 's1'), id: spanId(9), startMs: 0 }]),
      store.deleteTraces('p', { kind: 'session', sessionId: 's2' }),
    ]);
    await digested;
    await store.digested();
    expect(made.filter((id) => id === traceId(1))).toHaveLength(2);
    expect(await store.getSession('p', 's1')).toMatchObject({ name: 'earlier', turnCount: 1 });
    expect((await store.searchSessions('p', { text: 'name2', limit: 1 })).results).toEqual([]);
    expect((await store.searchSessions('p', { text: 'name4', limit: 1 })).results).toHaveLength(1);
    await store.close();
  });

  it('find every word after a transaction that failed was tried again', async () => {
    let isFull = false;
    const failing = watched((sql) => {
      if (isFull && sql === 'COMMIT') throw new Error('disk full');
    });
    const store = sqliteStore(freshPath(), failing.open, NO_LOG, { digestTrace: byName });
    await store.write('p', [named(1, 'refunds'), named(2, 'deliveries')]);
    isFull = true;
    await expect(store.digested()).rejects.toThrow('disk full');
    isFull = false;
    await store.digested();
    for (const text of ['fund', 'deliver']) {
      expect((await store.searchSessions('p', { text, limit: 1 })).results).toHaveLength(1);
    }
    expect(failing.rows('SELECT word FROM search_words ORDER BY word')).toEqual([
      { word: 'deliveries' },
      { word: 'refunds' },
    ]);
    await store.close();
  });

  it('are made of what was stored before there were any', async () => {
    const path = freshPath();
    const database = anyDriver()(path);
    const before = MIGRATIONS.findIndex((step) => typeof step === 'string' && step.includes('due_digests'));
    for (const step of MIGRATIONS.slice(0, before)) if (typeof step === 'string') database.exec(step);
    database.exec(`PRAGMA user_version = ${before}; PRAGMA application_id = ${0x50524147};
      INSERT INTO sessions (session_key, project_id, session_id, trace_count, start_ms, last_ms, observation_count, error_count,
        input_tokens, output_tokens, total_tokens, cost_nano, cost_count) VALUES (1, 'p', 's', 1, 1, 1, 1, 0, 0, 0, 0, 0, 0);
      INSERT INTO traces (trace_key, project_id, trace_id, session_key, name, tags, said, first_id, first_name, start_ms, end_ms,
        observation_count, error_count, input_tokens, output_tokens, total_tokens, cost_nano, cost_count)
        VALUES (1, 'p', '${traceId(1)}', 1, 'old', '[]', '{"fields":{},"metadata":[],"tags":[]}', '${spanId(1)}', 'old', 1, 1,
        1, 0, 0, 0, 0, 0, 0);
      INSERT INTO observations (trace_key, observation_id, weight, type, name, start_ms, level, model_parameters, usage, cost)
        VALUES (1, '${spanId(1)}', 1, 'span', 'old', 1, 'DEFAULT', '{}', '{}', '{}');`);
    database.close();
    const store = sqliteStore(path, anyDriver(), NO_LOG, { digestTrace: byName });
    await store.digested();
    expect(await store.getSession('p', 's')).toMatchObject({ name: 'old' });
    await store.close();
  });

  it('give a session that they name a greater revision, and leave it where they change nothing', async () => {
    const store = sqliteStore(freshPath(), anyDriver(), NO_LOG, { digestTrace: byName });
    const revision = async () => (await store.getSession('p', 's'))?.revision ?? 0;
    const named = anObservation({ traceId: traceId(1), trace: { sessionId: 's' } });
    await store.write('p', [named]);
    const before = await revision();
    await store.digested();
    const after = await revision();
    expect(after).toBeGreaterThan(before);
    await store.write('p', [named]);
    const again = await revision();
    await store.digested();
    expect(await revision()).toBe(again);
    await store.close();
  });

  it('of a trace that cannot be read leave the others theirs, and the log says so', async () => {
    const errors: string[] = [];
    const log = { info: () => {}, error: (message: string) => void errors.push(message) };
    const store = sqliteStore(freshPath(), anyDriver(), log, {
      digestTrace: (trace) => {
        if (trace.trace.id === traceId(1)) throw new Error('unreadable');
        return byName(trace);
      },
    });
    await store.write('p', [named(1, 'broken'), named(2, 'fine')]);
    await store.digested();
    expect(await store.getSession('p', 's')).toMatchObject({ name: 'fine', turnCount: 1 });
    expect(errors).toEqual([`the words of trace ${traceId(1)} cannot be read, so that search does not find it`]);
    await store.close();
  });

  it('are made by themselves after a write', async () => {
    const store = sqliteStore(freshPath(), anyDriver(), NO_LOG, { digestTrace: byName });
    await store.write('p', [named(1, 'first')]);
    await expect.poll(async () => (await store.getSession('p', 's'))?.name, { timeout: 30_000 }).toBe('first');
    await store.close();
  });

  it('are made of the same, whether the trace is still in memory or is read from the file', async () => {
    const traces = (reads: Map<string, unknown>): DigestTrace => {
      return ({ trace, observations, readBody }) => {
        // Of an observation in memory there is more than a digest may read.
        const textsOf = (id: string) => {
          const { input = null, output = null } = readBody(id) ?? {};
          return [input, output];
        };
        const read = observations.map((each) => ({ ...each, body: textsOf(each.id), trace: null, pieceCount: null }));
        reads.set(trace.id, { trace: { ...trace, revision: null }, observations: read });
        return EMPTY_DIGEST;
      };
    };
    const [remembered, read] = [new Map<string, unknown>(), new Map<string, unknown>()];
    const stores = [
      sqliteStore(freshPath(), anyDriver(), NO_LOG, { digestTrace: traces(remembered) }),
      sqliteStore(freshPath(), anyDriver(), NO_LOG, { digestTrace: traces(read), freshCharacters: 0 }),
    ];
    let projects = 0;
    await fc.assert(
      fc.asyncProperty(deliveries, fc.nat(3), async ({ batches }, digestedAfter) => {
        const project = `p${projects++}`;
        for (const store of stores) {
          for (const [n, batch] of batches.entries()) {
            await store.write(project, batch);
            if (n === digestedAfter) await store.digested();
          }
          await store.digested();
        }
        expect(remembered).toEqual(read);
      }),
      { numRuns: 25 },
    );
    for (const store of stores) await store.close();
  });

  it('are made of traces that outgrow the memory for them', async () => {
    const store = sqliteStore(freshPath(), anyDriver(), NO_LOG, { digestTrace: byName, freshCharacters: 12_000 });
    await store.write(
      'p',
      Array.from({ length: 20 }, (_, n) => named(n, `name ${n}`)),
    );
    await store.write('p', [{ ...named(3, 'earlier'), id: spanId(2), startMs: 0 }]);
    await store.digested();
    expect(await store.getSession('p', 's')).toMatchObject({ name: 'name 0', turnCount: 20 });
    expect((await store.searchSessions('p', { text: 'earlier', limit: 1 })).results).toHaveLength(1);
    await store.close();
  });

  it('leave no row of a session that all traces have left', async () => {
    const { open, rows } = watched();
    const store = sqliteStore(freshPath(), open, NO_LOG, { digestTrace: byName });
    await store.write('p', [named(1, 'first', 'left')]);
    await store.digested();
    await store.write('p', [{ ...named(1, 'first', 'entered'), id: spanId(2), endMs: 9 }]);
    await store.digested();
    expect(rows('SELECT turn_count, trace_count FROM session_digests').map((row) => ({ ...(row as object) }))).toEqual([
      { turn_count: 1, trace_count: 1 },
    ]);
    expect(rows('SELECT rowid FROM search')).toHaveLength(1);
    await store.close();
  });

  it('keep the index as it is when nothing that was said has changed', async () => {
    const { open, rows } = watched();
    const store = sqliteStore(freshPath(), open, NO_LOG, { digestTrace: byName });
    await store.write('p', [named(1, 'first')]);
    await store.digested();
    const before = rows('SELECT id, sz FROM search_docsize');
    await store.write('p', [{ ...named(1, 'later'), id: spanId(2), startMs: 5, endMs: 5 }]);
    await store.digested();
    expect(rows('SELECT id, sz FROM search_docsize')).toEqual(before);
    await store.close();
  });
});

describe('search in SQLite', () => {
  it('goes through the list of sessions for what very many have, and still finds each once, in order', async () => {
    const store = sqliteStore(freshPath(), anyDriver(), NO_LOG, { digestTrace: byName });
    const count = 1_300;
    await store.write(
      'p',
      Array.from({ length: count }, (_, n) => named(n, n % 13 === 0 ? 'rare word' : 'word', `s${n}`)),
    );
    await store.write('other', [named(1, 'word', 'of-other')]);
    await store.digested();
    for (const [text, step] of [
      ['word', 1],
      ['rare', 13],
    ] as const) {
      const found: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await store.searchSessions('p', { text, limit: 100, ...(cursor !== undefined && { cursor }) });
        found.push(...page.results.map(({ session }) => session.id));
        cursor = page.nextCursor;
      }
      const all = Array.from({ length: count }, (_, n) => n).filter((n) => n % step === 0);
      expect(found).toEqual(all.reverse().map((n) => `s${n}`));
    }
    await store.close();
  });

  it('finds every word that begins as asked, of few and of very many, in sessions that are far apart', async () => {
    const store = sqliteStore(freshPath(), anyDriver(), NO_LOG, { digestTrace: byName });
    const count = 400;
    const names = Array.from({ length: count }, (_, n) => (n % 150 === 0 ? `reporting zinc${n}` : `report${n} other`));
    await store.write(
      'p',
      names.map((name, n) => named(n, name, `s${n}`)),
    );
    await store.digested();
    const found = async (text: string) => {
      const { results } = await store.searchSessions('p', { text, limit: 100 });
      return results.map(({ session }) => session.id);
    };
    expect(await found('reporti')).toEqual(['s300', 's150', 's0']);
    expect(await found('port zinc')).toEqual(['s300', 's150', 's0']);
    expect(await found('report')).toEqual(Array.from({ length: 100 }, (_, n) => `s${count - 1 - n}`));
    expect(await found('report39')).toEqual([...'9876543210'].map((digit) => `s39${digit}`).concat('s39'));
    expect(await found('report39 oth')).toEqual([...'9876543210'].map((digit) => `s39${digit}`).concat('s39'));
    expect(await found('reporty')).toEqual([]);
    await store.close();
  });
});
