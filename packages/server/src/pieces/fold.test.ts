import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fold, PieceGroup } from './fold.js';
import type { Piece } from './piece.js';

const aPiece = (key: string, given: Partial<Piece> = {}): Piece => ({
  ...{ sourceId: 'a', kind: 'observation', traceId: 't-1', key, atMs: 1, firstMs: 1, lastMs: 1, fields: {}, trace: {} },
  ...given,
});

const somePieces = fc
  .uniqueArray(
    fc.record({
      key: fc.nat(20).map(String),
      atMs: fc.nat(3),
      traceId: fc.constantFrom('t-1', null),
      fields: fc.record(
        {
          type: fc.constantFrom('span' as const, 'generation' as const, 'tool' as const),
          name: fc.constantFrom('x', 'y'),
          output: fc.constantFrom('one', 'two'),
          metadata: fc.dictionary(fc.constantFrom('k', 'l'), fc.nat(3)),
        },
        { requiredKeys: [] },
      ),
    }),
    { selector: ({ key }) => key },
  )
  .map((all) => all.map(({ key, ...given }) => aPiece(key, given)));

const said = (fold: Fold) => ({
  ...{ fields: fold.fields, metadata: Object.fromEntries(fold.metadata) },
  ...{ count: fold.count, firstMs: fold.firstMs },
});

describe('an observation in many pieces', () => {
  it('is the same whatever the order of its pieces, and where some of them name no trace', () => {
    const shuffled = somePieces.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        expect(said(PieceGroup.of(other).of('t-1'))).toEqual(said(Fold.of(all)));
      }),
    );
  });

  it('takes no more room after a thousand versions of its words than after one', () => {
    const version = (n: number) => aPiece(`${n}`, { atMs: n, fields: { output: 'word '.repeat(100), endMs: 1 } });
    const [fold, once] = [new Fold(), Fold.of([version(0)])];
    for (let n = 0; n < 1_000; n += 1) fold.add(version(n));
    expect(fold.characters).toBe(once.characters);
    expect(fold.count).toBe(1_000);
  });

  it('keeps the thousand least keys of its metadata, in whatever order they come', () => {
    const piece = (n: number) => aPiece(`${n}`, { fields: { metadata: { [String(n).padStart(4, '0')]: n } } });
    const fold = new Fold();
    for (let n = 4_999; n >= 0; n -= 1) fold.add(piece(n));
    expect([...fold.metadata.values()]).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
  });
});
