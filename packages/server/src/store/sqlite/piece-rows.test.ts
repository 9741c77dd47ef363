import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { toTraceId } from '../../observation/foreign-id.js';
import type { Piece } from '../../pieces/piece.js';
import { PiecesInMemory } from '../pieces.js';
import { Contents } from './contents.js';
import { anyDriver } from './driver.js';
import { openDatabase } from './open.js';
import { PieceRows } from './piece-rows.js';

const folder = mkdtempSync(join(tmpdir(), 'powerrag-pieces-'));
afterAll(() => rmSync(folder, { recursive: true }));

function open() {
  const { database } = openDatabase(join(folder, 'pieces.db'), anyDriver(), { info: () => {}, error: () => {} });
  return { database, rows: new PieceRows(database, new Contents(database)) };
}

const somePieces = fc.array(
  fc
    .record({
      kind: fc.constantFrom('observation' as const, 'trace' as const),
      sourceId: fc.constantFrom('a', 'b'),
      key: fc.constantFrom('1', '2', '3', '4'),
      atMs: fc.constantFrom(10, 20),
    })
    .map((piece): Piece => {
      const { kind, sourceId, key, atMs } = piece;
      const name = `${kind} ${sourceId} ${key} ${atMs}`;
      // A key tells a piece from all others of its trace.
      return {
        ...piece,
        key: `${sourceId} ${key}`,
        traceId: toTraceId('t'),
        firstMs: atMs,
        lastMs: atMs,
        fields: { name },
        trace: {},
      };
    }),
  { minLength: 1, maxLength: 4 },
);

describe('pieces that the database remembers in part', () => {
  it('make the same observations as those that are all in memory, also after transactions that were taken back', () => {
    const writes = fc.array(fc.tuple(somePieces, fc.boolean()), { minLength: 1, maxLength: 8 });
    const { database, rows } = open();
    let runs = 0;
    fc.assert(
      fc.property(writes, (all) => {
        runs += 1;
        const projectId = `run ${runs}`;
        const expected = new PiecesInMemory();
        // Of one key the first is kept.
        const seen = new Map<string, Piece>();
        for (const [pieces, isKept] of all) {
          database.exec('BEGIN');
          const made = rows.add(projectId, pieces);
          database.exec(isKept ? 'COMMIT' : 'ROLLBACK');
          if (!isKept) continue;
          const first = pieces.map((piece) => {
            const key = `${piece.kind} ${piece.sourceId} ${piece.key}`;
            const kept = seen.get(key) ?? piece;
            seen.set(key, kept);
            return kept;
          });
          const byId = (observations: typeof made) => new Map(observations.map((each) => [each.id, each]));
          expect(byId(made)).toEqual(byId(expected.add(first)));
        }
      }),
      { numRuns: 50 },
    );
    database.close();
  });
});
