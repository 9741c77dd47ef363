import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toObservationId, toRootId, toTraceId } from '../observation/foreign-id.js';
import type { Piece } from '../pieces/piece.js';
import type { Store } from './contract.js';
import { readOut } from './deliveries.testing.js';
import { anObservation } from './testing.js';

const PROJECT = 'p';
const TRACE = toTraceId('order 7');

/** A piece of one observation at one moment, with what the test says instead. */
function aPiece(say: Partial<Piece> = {}): Piece {
  const atMs = say.atMs ?? 1000;
  return {
    ...{ sourceId: 'step', kind: 'observation', traceId: TRACE, key: `${say.sourceId}/${atMs}`, atMs },
    ...{ firstMs: atMs, lastMs: atMs, fields: {}, trace: {}, ...say },
  };
}

const few = <T>(...values: T[]) => fc.constantFrom(...values);

/** Pieces of few observations, so that they meet and disagree. */
const somePieces = fc.array(
  fc.record({
    sourceId: few('a', 'b'),
    kind: few('observation' as const, 'trace' as const),
    traceId: few(null, TRACE, toTraceId('other')),
    key: few('1', '2', '3', '4', '5', '6', '7', '8'),
    atMs: few(10, 20, 30),
    name: few('n', 'm'),
    type: few('span' as const, 'generation' as const),
    endMs: few(15, 25, 40),
    usage: few({ input: 1, total: 1 }, { input: 7, total: 7 }),
    metadata: few({ k: 1 }, { k: 2, l: 3 }),
    trace: fc.record({ sessionId: few('s1', 's2'), name: few('t', 'u'), version: few('1', '2') }, { requiredKeys: [] }),
  }),
  { minLength: 1, maxLength: 8 },
);

/** All that they can be of. */
const READ = [TRACE, toTraceId('other')].flatMap((traceId) =>
  [toObservationId('a'), toObservationId('b'), toRootId(traceId)].map((id) => anObservation({ traceId, id })),
);

/** Holds a store against the contract of what arrives in pieces. `open` gives an empty one. */
export function describePieces(name: string, open: () => Promise<Store>, runs = 60): void {
  describe(`${name}, given observations in pieces`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const step = () => store.getObservation(PROJECT, TRACE, toObservationId('step'));

    it('puts the end before the start, and keeps what either said', async () => {
      await store.writePieces(PROJECT, [aPiece({ atMs: 2000, fields: { endMs: 2000, output: 'Paris' } })]);
      await store.writePieces(PROJECT, [aPiece({ fields: { startMs: 1000, name: 'ask', input: 'Where?' } })]);
      expect(await step()).toMatchObject({ name: 'ask', startMs: 1000, endMs: 2000 });
      const [body] = await store.readBodies(PROJECT, [{ traceId: TRACE, id: toObservationId('step') }]);
      expect(body).toMatchObject({ input: 'Where?', output: 'Paris' });
    });

    it('shows a trace that has no observation but itself', async () => {
      await store.writePieces(PROJECT, [
        aPiece({
          kind: 'trace',
          sourceId: 'order 7',
          fields: { name: 'turn' },
          trace: { sessionId: 's', name: 'turn' },
        }),
      ]);
      expect(await store.getTrace(PROJECT, TRACE)).toMatchObject({ name: 'turn', sessionId: 's', observationCount: 1 });
      expect(await store.listObservations(PROJECT, { traceId: TRACE })).toMatchObject([
        { id: toRootId(TRACE), parentId: null, endMs: 1000 },
      ]);
    });

    it('lets the last word on the trace stand, whichever came first', async () => {
      const said = (atMs: number, userId: string) =>
        aPiece({ kind: 'trace', atMs, trace: { userId, version: userId } });
      await store.writePieces(PROJECT, [said(2000, 'bob')]);
      await store.writePieces(PROJECT, [said(1000, 'zoe')]);
      await store.writePieces(PROJECT, [aPiece({ atMs: 3000 })]);
      expect(await store.getTrace(PROJECT, TRACE)).toMatchObject({ userId: 'bob', version: 'bob' });
    });

    it('keeps a piece that names no trace until another does', async () => {
      await store.writePieces(PROJECT, [aPiece({ atMs: 2000, traceId: null, fields: { endMs: 2000 } })]);
      expect((await store.listTraces(PROJECT, {})).total).toBe(0);
      await store.writePieces(PROJECT, [aPiece()]);
      expect(await step()).toMatchObject({ endMs: 2000 });
    });

    it('lets a version from pieces stand over one that came whole', async () => {
      const whole = anObservation({ traceId: TRACE, id: toObservationId('step'), name: 'whole', endMs: 9000 });
      await store.writePieces(PROJECT, [aPiece({ fields: { name: 'pieces' } })]);
      await store.write(PROJECT, [whole]);
      expect(await step()).toMatchObject({ name: 'pieces' });
    });

    it('leaves the same, whatever the order, the grouping and the number of deliveries', async () => {
      const deliveries = somePieces.chain((pieces) =>
        fc.tuple(fc.constant(pieces), fc.shuffledSubarray([...pieces, ...pieces], { minLength: pieces.length * 2 })),
      );
      await fc.assert(
        fc.asyncProperty(deliveries, fc.integer({ min: 1, max: 4 }), async ([rows, shuffled], size) => {
          const [one, other] = [await open(), await open()];
          const toPieces = (all: typeof rows) =>
            all.map(({ key, sourceId, kind, traceId, atMs, trace, ...fields }) => {
              const own = kind === 'trace' ? (traceId ?? TRACE) : traceId;
              // A key says all of its piece.
              const full = JSON.stringify([key, atMs, own, trace, fields]);
              return aPiece({ key: full, sourceId, kind, traceId: own, atMs, trace, fields });
            });
          try {
            await one.writePieces(PROJECT, toPieces(rows));
            const all = toPieces(shuffled);
            for (let at = 0; at < all.length; at += size) await other.writePieces(PROJECT, all.slice(at, at + size));
            expect(await readOut(other, PROJECT, READ)).toEqual(await readOut(one, PROJECT, READ));
          } finally {
            await Promise.all([one.close(), other.close()]);
          }
        }),
        { numRuns: runs },
      );
    });
  });
}
