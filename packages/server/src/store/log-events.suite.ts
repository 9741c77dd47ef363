import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from './contract.js';
import type { LogEvent } from './log-events.js';
import { spanId, traceId } from './testing.js';

const PROJECT = 'p';
const OF = { traceId: traceId(1), id: spanId(1) };
const anEvent = (key: string, say: Partial<LogEvent> = {}): LogEvent => ({
  ...{ ...OF, key, place: 1, name: 'gen_ai.choice', timeMs: 10.5, attributes: { key, ['__proto__']: 'x' }, ...say },
});

/** Holds a store against the contract of log events. `open` gives an empty one. */
export function describeLogEvents(name: string, open: () => Promise<Store>): void {
  describe(`${name}, given events of logs`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('gives them back by time, then by place, each once, of the observations asked for', async () => {
      await store.writeLogEvents(PROJECT, [anEvent('c', { timeMs: 20 }), anEvent('b', { place: 3 }), anEvent('a')]);
      await store.writeLogEvents(PROJECT, [anEvent('b', { place: 0 }), anEvent('d', { id: spanId(2) })]);
      await store.writeLogEvents('other', [anEvent('e')]);
      const read = await store.readLogEvents(PROJECT, [{ ...OF, id: spanId(3) }, OF]);
      expect(read).toEqual([[], [anEvent('b', { place: 0 }), anEvent('a'), anEvent('c', { timeMs: 20 })]]);
    });
  });
}
