import { describe, expect, it } from 'vitest';
import type { Store } from '../store/contract.js';
import { memoryStore } from '../store/memory.js';
import { anObservation, spanId, traceId } from '../store/testing.js';
import { SessionOrder } from './session-order.js';
import { SessionView } from './session-view.js';
import { session, storedObservation, storedTrace } from './testing.js';
import { traceViewOf } from './trace-view.js';
import { toTree } from './tree.js';

const OBSERVATIONS = 1_000;

/** The order of one trace that has an observation every second, and how many offsets were asked for. */
function measured() {
  const trace = storedTrace('trace');
  const all = Array.from({ length: OBSERVATIONS }, (_, n) => storedObservation(`${n}`, { startMs: n * 1_000 }));
  const view = traceViewOf({ trace, nodes: toTree(all) }, Number.MAX_SAFE_INTEGER);
  let offsets = 0;
  const placed = { view, trace: { ...view.trace, lanes: [] } };
  const order = new SessionOrder(new Map([['trace', placed]]), (unixMs) => {
    offsets += 1;
    return unixMs;
  });
  return { order, offsets: () => offsets };
}

describe('the pages of a session', () => {
  it('follow each other to the end, without gaps or repetitions', () => {
    const { order } = measured();
    const read: string[] = [];
    for (let from: number | null = 0; from !== null; ) {
      const { observations, nextObservations } = order.page(from, 300);
      read.push(...observations.map(({ id }) => id));
      from = nextObservations === null ? null : order.placeAfter(nextObservations);
    }
    expect(read).toEqual(Array.from({ length: OBSERVATIONS }, (_, n) => `${n}`));
  });

  it('cost what they hold, not what the session holds', () => {
    const { order, offsets } = measured();
    const { nextObservations } = order.page(0, 10);
    const before = offsets();
    const from = order.placeAfter(nextObservations ?? '') ?? 0;
    expect(order.page(from, 10).observations.map(({ id }) => id)).toEqual(
      Array.from({ length: 10 }, (_, n) => `${n + 10}`),
    );
    expect(offsets() - before).toBeLessThan(50);
  });

  it('go on behind an observation that is gone', () => {
    const { order } = measured();
    const cursor = Buffer.from(JSON.stringify([4_500, 0, 'trace', 'gone'])).toString('base64url');
    expect(order.placeAfter(cursor)).toBe(5);
    expect(order.placeAfter('no cursor')).toBeNull();
  });
});

describe('a session that is shown otherwise though none of its traces changed', () => {
  it('keeps its traces and their order, and reads none of them', async () => {
    const store = memoryStore();
    const trace = { sessionId: session.id };
    await store.write(
      'p',
      [1, 2].map((n) => anObservation({ traceId: traceId(n), id: spanId(n), trace })),
    );
    const read: string[] = [];
    const reader: Store = {
      ...store,
      getSession: async (...of) => {
        const found = await store.getSession(...of);
        // As a digest does that names the session.
        return found && read.length > 0 ? { ...found, name: 'When is the next tram?', revision: 1_000 } : found;
      },
      listObservations: (...of) => {
        read.push('observations');
        return store.listObservations(...of);
      },
    };
    const view = new SessionView({ reader }, 'p', session.id, () => 1_000_000);
    const before = await view.read();
    const after = await view.read();
    expect(read).toHaveLength(2);
    expect(after?.session.name).toBe('When is the next tram?');
    expect(after?.order).toBe(before?.order);
    if (before === null || after === null) throw new Error('there is such a session');
    expect(view.stepsSince(before, after)).toMatchObject([
      { traces: [], observations: [], turns: [], revision: 1_000 },
    ]);
  });
});
