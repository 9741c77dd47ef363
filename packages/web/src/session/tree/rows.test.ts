import { describe, expect, it } from 'vitest';
import { observation, replayDocument } from '../../testing/replay-document.js';
import { ancestors, treeRows, visibleRows } from './rows.js';

const document = replayDocument([
  observation({ id: 'root', traceId: 't1', startMs: 0 }),
  observation({ id: 'x', traceId: 't1', startMs: 1, parentId: 'root' }),
  observation({ id: 'root', traceId: 't2', startMs: 2 }),
  observation({ id: 'x1', traceId: 't1', startMs: 3, parentId: 'x' }),
  observation({ id: 'y', traceId: 't1', startMs: 4, parentId: 'root' }),
  observation({ id: 'lost', traceId: 't2', startMs: 5, parentId: 'never-arrived' }),
]);

describe('treeRows', () => {
  const rows = treeRows(document);

  it('parents come before their children, traces in order', () => {
    expect(rows.map((row) => `${row.level} ${row.key}`)).toEqual([
      '1 t1',
      '2 t1/root',
      '3 t1/x',
      '4 t1/x1',
      '3 t1/y',
      '1 t2',
      '2 t2/root',
      '2 t2/lost',
    ]);
  });

  it('each row knows its place among its siblings', () => {
    const y = rows.find((row) => row.key === 't1/y');
    expect(y).toMatchObject({ position: 2, setSize: 2, childCount: 0 });
  });

  it('a chain of 20,000 does not exhaust the stack', () => {
    const chain = Array.from({ length: 20_000 }, (_, n) =>
      observation({ id: `o${n}`, startMs: n, parentId: n === 0 ? null : `o${n - 1}` }),
    );
    expect(treeRows(replayDocument(chain)).length).toBe(20_001);
  });
});

describe('visibleRows', () => {
  it('a folded row hides all below it and nothing beside it', () => {
    const shown = visibleRows(treeRows(document), new Set(['t1/x', 't2'])).map((row) => row.key);
    expect(shown).toEqual(['t1', 't1/root', 't1/x', 't1/y', 't2']);
  });
});

describe('ancestors', () => {
  it('are all rows above', () => {
    const rows = new Map(treeRows(document).map((row) => [row.key, row]));
    expect(ancestors(rows, 't1/x1')).toEqual(['t1/x', 't1/root', 't1']);
    expect(ancestors(rows, 't1')).toEqual([]);
    expect(ancestors(rows, 'unknown')).toEqual([]);
  });
});
