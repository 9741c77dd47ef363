import { describe, expect, it } from 'vitest';
import { layOutGraph } from './graph-layout.js';

const edges = (...pairs: readonly string[]) => pairs.map((pair) => ({ from: pair.charAt(0), to: pair.charAt(1) }));

function xOf(ids: string, ...pairs: readonly string[]) {
  const { places } = layOutGraph([...ids], edges(...pairs));
  return (id: string): number => places.get(id)?.x ?? Number.NaN;
}

describe('layOutGraph', () => {
  it('a node stands to the right of all that call it', () => {
    const x = xOf('abcd', 'ab', 'bc', 'ac', 'cd', 'ad');
    expect(x('a')).toBeLessThan(x('b'));
    expect(x('b')).toBeLessThan(x('c'));
    expect(x('c')).toBeLessThan(x('d'));
  });

  it('no two nodes stand at one place', () => {
    const { places } = layOutGraph([...'abcdefg'], edges('ab', 'ac', 'ad', 'be', 'ce', 'df', 'dg'));
    expect(new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(7);
  });

  it('agents that call each other in a circle have their order, and the edge that closes it leads back', () => {
    const all = edges('ab', 'bc', 'ca');
    const { places, isBack } = layOutGraph([...'abc'], all);
    expect(places.get('a')?.x).toBeLessThan(places.get('c')?.x ?? 0);
    expect(all.map(isBack)).toEqual([false, false, true]);
  });

  it('lines do not cross where the order of a column can avoid it', () => {
    const { places } = layOutGraph([...'abxy'], edges('ay', 'bx'));
    const rows = [...'abxy'].map((id) => places.get(id)?.y ?? 0);
    const [a = 0, b = 0, x = 0, y = 0] = rows;
    expect(Math.sign(a - b)).toBe(Math.sign(y - x));
  });

  it('nothing at all takes no place', () => {
    expect(layOutGraph([], []).places.size).toBe(0);
  });
});
