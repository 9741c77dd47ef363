import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Observation } from '../observation/observation.js';
import type { SessionQuery, Store, TraceQuery } from './contract.js';
import { InvalidCursor } from './cursor.js';
import { anObservation, traceId } from './testing.js';

const PROJECT = 'p';

/** Lists of sessions and traces, page by page and by what was asked. `open` gives an empty store. */
export function describeSessionLists(open: () => Promise<Store>): void {
  describe('lists of sessions and traces', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const write = (...batch: Observation[]) => store.write(PROJECT, batch);
    const sessions = async (query: Partial<SessionQuery> = {}) =>
      (await store.listSessions(PROJECT, { limit: 100, ...query })).sessions.map(({ id }) => id);
    const traces = async (query: TraceQuery = {}) =>
      (await store.listTraces(PROJECT, query)).traces.map(({ id }) => Number.parseInt(id, 16));

    it('pages past a long session id of an older file, with a cursor that fits a URL', async () => {
      await write(
        anObservation({ traceId: traceId(1), endMs: 3000, trace: { sessionId: 'x'.repeat(100_000) } }),
        anObservation({ traceId: traceId(2), endMs: 2000, trace: { sessionId: 'next' } }),
      );
      const { nextCursor } = await store.listSessions(PROJECT, { limit: 1 });
      expect(nextCursor?.length).toBeLessThan(2_000);
      expect(await sessions({ cursor: nextCursor ?? '' })).toEqual(['next']);
    });

    it('pages through sessions, latest activity first, each once', async () => {
      const batch = Array.from({ length: 25 }, (_, i) =>
        anObservation({ traceId: traceId(i + 1), startMs: i % 5, endMs: 100 + (i % 5), trace: { sessionId: `s${i}` } }),
      );
      await write(...batch);
      const all = await sessions();
      const paged: string[] = [];
      let cursor: string | null | undefined;
      do {
        const page = await store.listSessions(PROJECT, { limit: 4, ...(cursor ? { cursor } : {}) });
        paged.push(...page.sessions.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(paged).toEqual(all);
      expect(new Set(paged).size).toBe(25);
      expect(all.slice(0, 5)).toEqual(['s9', 's4', 's24', 's19', 's14']);
    });

    it('lists a session from a clock that is hours ahead by when it came, with what its traces say left as it is', async () => {
      const from = Date.now();
      const ahead = (hours: number) => from + hours * 3_600_000;
      const said = (n: number, sessionId: string, hours: number) =>
        anObservation({ traceId: traceId(n), startMs: ahead(hours), endMs: ahead(hours) + 5, trace: { sessionId } });
      await write(said(1, 'first', 23));
      await write(said(2, 'second', 0.5), said(3, 'long ago', -1));
      await write(said(1, 'first', 23));
      expect((await sessions({ filter: { activeTo: ahead(0.4) } })).toSorted()).toEqual([
        'first',
        'long ago',
        'second',
      ]);
      const listed = await store.getSession(PROJECT, 'first');
      expect(listed?.lastActivityMs).toBeGreaterThanOrEqual(from);
      expect(listed?.lastActivityMs).toBeLessThanOrEqual(Date.now());
      expect(listed?.startMs).toBeLessThanOrEqual(listed?.lastActivityMs ?? 0);
      expect((await sessions({ sort: 'lastActivity', order: 'asc' }))[0]).toBe('long ago');
      expect((await sessions({ sort: 'start', order: 'asc' }))[0]).toBe('long ago');
      const [trace] = (await store.listTraces(PROJECT, { sessionId: 'first' })).traces;
      expect(trace).toMatchObject({ startMs: ahead(23), endMs: ahead(23) + 5 });

      // Its times are those of its traces as soon as these are over.
      await write({ ...said(4, 'long ago', -0.5) });
      expect(await store.getSession(PROJECT, 'long ago')).toMatchObject({
        startMs: ahead(-1),
        lastActivityMs: ahead(-0.5) + 5,
      });
    });

    it('pages through sessions by number with a total', async () => {
      const batch = Array.from({ length: 5 }, (_, i) =>
        anObservation({ traceId: traceId(i + 1), startMs: i, endMs: 100 - i, trace: { sessionId: `s${i}` } }),
      );
      await write(...batch);
      const page = await store.listSessions(PROJECT, { limit: 2, offset: 2, sort: 'start' });
      expect(page.sessions.map(({ id }) => id)).toEqual(['s2', 's1']);
      expect(page.total).toBe(5);
    });

    it('refuses an invalid cursor', async () => {
      await expect(store.listSessions(PROJECT, { limit: 1, cursor: 'nonsense' })).rejects.toThrow(InvalidCursor);
    });

    it('finds sessions by tags: all of them, on any of its traces', async () => {
      const tagged = (number: number, sessionId: string, tags: string[]) =>
        anObservation({ traceId: traceId(number), startMs: number, endMs: number, trace: { sessionId, tags } });
      await write(tagged(1, 'a', ['x']), tagged(2, 'a', ['y']), tagged(3, 'b', ['y']));
      expect(await sessions({ filter: { tag: ['y'] } })).toEqual(['b', 'a']);
      expect(await sessions({ filter: { tag: ['x', 'y'] } })).toEqual(['a']);
      expect(await sessions({ filter: { tag: ['nothing'] } })).toEqual([]);
    });

    it('finds sessions by user, environment and start', async () => {
      await write(
        anObservation({ traceId: traceId(1), startMs: 10, endMs: 11, trace: { sessionId: 'a', userId: 'ann' } }),
        anObservation({ traceId: traceId(2), startMs: 20, endMs: 21, trace: { sessionId: 'b', environment: 'prod' } }),
        anObservation({ traceId: traceId(3), startMs: 30, endMs: 31, trace: { sessionId: 'b', environment: 'dev' } }),
      );
      expect(await sessions({ filter: { userId: ['ann'] } })).toEqual(['a']);
      expect(await sessions({ filter: { userId: ['nobody'] } })).toEqual([]);
      expect(await sessions({ filter: { environment: ['prod'] } })).toEqual(['b']);
      expect(await sessions({ filter: { environment: [] } })).toEqual(['b', 'a']);
      expect(await sessions({ filter: { startedFrom: 20 } })).toEqual(['b']);
      expect(await sessions({ filter: { startedTo: 20 } })).toEqual(['a']);
    });

    it('finds traces by each of their fields', async () => {
      const say = { sessionId: 's', userId: 'u', name: 'n', version: 'v', release: 'r', environment: 'e' };
      await write(
        anObservation({ traceId: traceId(1), startMs: 10, trace: { ...say, tags: ['x', 'y'] } }),
        anObservation({ traceId: traceId(2), startMs: 20, trace: { tags: ['x'] } }),
        anObservation({ traceId: traceId(3), startMs: 30 }),
      );
      for (const [field, value] of Object.entries(say)) {
        const query = field === 'environment' ? { environments: [value] } : { [field]: value };
        expect(await traces(query), field).toEqual([1]);
      }
      expect(await traces({ tags: ['x'] })).toEqual([1, 2]);
      expect(await traces({ tags: ['x', 'y'] })).toEqual([1]);
      expect(await traces({ fromMs: 20 })).toEqual([2, 3]);
      expect(await traces({ toMs: 20 })).toEqual([1]);
      expect(await traces({ order: 'desc', limit: 1, offset: 1 })).toEqual([2]);
      expect((await store.listTraces(PROJECT, { limit: 1 })).total).toBe(3);
    });
  });
}
