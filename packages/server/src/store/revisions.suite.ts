import { describe, expect, it } from 'vitest';
import type { Observation } from '../observation/observation.js';
import type { Annotation } from './annotations.js';
import type { Store } from './contract.js';
import { anObservation, spanId, traceId } from './testing.js';

const PROJECT = 'p';

/** What every store keeps of revisions. `open` gives an empty one. */
export function describeRevisions(name: string, open: () => Promise<Store>): void {
  describe(`${name}, revisions`, () => {
    const inSession = (trace: number, sessionId: string, others: Partial<Observation> = {}) =>
      anObservation({ traceId: traceId(trace), trace: { sessionId }, ...others });
    const opened = async () => {
      const store = await open();
      const revision = async (session: string) => (await store.getSession(PROJECT, session))?.revision ?? null;
      const changed = async (sessionId: string, afterRevision: number) =>
        (await store.listTraces(PROJECT, { sessionId, afterRevision })).traces.map(({ id }) => Number.parseInt(id, 16));
      return { store, revision, changed };
    };

    it('a session has the revision of the last batch that changed it, in one order for the whole store', async () => {
      const { store, revision, changed } = await opened();
      await store.write(PROJECT, [inSession(1, 'a'), inSession(2, 'a')]);
      const first = (await revision('a')) ?? 0;
      await store.write(PROJECT, [inSession(3, 'b')]);
      expect(await revision('a')).toBe(first);
      expect(await revision('b')).toBeGreaterThan(first);
      await store.write(PROJECT, [anObservation({ traceId: traceId(2), id: spanId(2) })]);
      expect(await revision('a')).toBeGreaterThan((await revision('b')) ?? 0);
      expect(await changed('a', first)).toEqual([2]);
      expect(await changed('a', 0)).toEqual([1, 2]);
      expect((await store.listTraces(PROJECT, { sessionId: 'a', afterRevision: first })).traces[0]?.revision).toBe(
        await revision('a'),
      );
      await store.close();
    });

    it('a trace that moves changes the session that it leaves and the one that it joins', async () => {
      const { store, revision, changed } = await opened();
      await store.write(PROJECT, [inSession(1, 'a'), inSession(2, 'a')]);
      const before = (await revision('a')) ?? 0;
      await store.write(PROJECT, [inSession(2, 'b', { id: spanId(2), startMs: 2_000, endMs: 3_000 })]);
      expect(await revision('a')).toBeGreaterThan(before);
      expect(await revision('b')).toBe(await revision('a'));
      expect(await changed('a', before)).toEqual([]);
      expect(await store.listTraceIds(PROJECT, 'a')).toEqual([traceId(1)]);
      expect(await store.listTraceIds(PROJECT, 'b')).toEqual([traceId(2)]);
      expect(await store.listTraceIds(PROJECT, 'c')).toEqual([]);
      await store.close();
    });

    it('what is said of a trace elsewhere changes it: scores, comments and logs', async () => {
      const { store, revision, changed } = await opened();
      await store.write(PROJECT, [inSession(1, 'a'), inSession(2, 'a')]);
      const steps: [() => Promise<unknown>, number[]][] = [
        [() => store.writeAnnotations(PROJECT, [score('x', { traceId: traceId(1) })]), [1]],
        [() => store.deleteAnnotation(PROJECT, 'score', 'x'), [1]],
        [() => store.writeAnnotations(PROJECT, [score('y', { sessionId: 'a' })]), []],
        [() => store.writeLogEvents(PROJECT, [logEvent(traceId(2))]), [2]],
      ];
      for (const [change, traces] of steps) {
        const before = (await revision('a')) ?? 0;
        await change();
        expect(await revision('a')).toBeGreaterThan(before);
        expect(await changed('a', before)).toEqual(traces);
      }
      await store.close();
    });
  });
}

function logEvent(ofTrace: string) {
  return { traceId: ofTrace, id: spanId(1), key: 'k', place: 0, name: 'n', timeMs: 1, attributes: {} };
}

function score(id: string, on: Partial<Annotation>): Annotation {
  return {
    ...{ kind: 'score', id, sessionId: null, traceId: null, observationId: null, timeMs: 1, name: 'good' },
    ...{ source: { traceId: null, observationId: null }, dataType: 'NUMERIC', value: 1, stringValue: null, text: null },
    ...{ origin: 'API', environment: null, authorUserId: null, metadata: {} },
    ...on,
  };
}
