import { describe, expect, it } from 'vitest';
import type { Passage } from './corpus.js';
import { coverage, rerank, shortestWindow } from './rerank.js';
import { termsOf } from './terms.js';

const rarity = () => 1;

function candidate(id: string, text: string, score: number) {
  const passage: Passage = { id, document: 'd.md', headings: ['Notes'], text };
  return { passage, score };
}

describe('rerank', () => {
  it('lifts a passage that covers the whole question over one that repeats a part of it', () => {
    const candidates = [
      candidate('repeats', 'spool spool spool spool', 9),
      candidate('elsewhere', 'nothing of the kind', 5),
      candidate('covers', 'the spool directory survives a crash', 4),
    ];
    const order = rerank('spool directory crash', candidates, { rarity, keep: 3 }).map(({ passage }) => passage.id);
    expect(order.indexOf('covers')).toBeLessThan(order.indexOf('elsewhere'));
    const third = rerank('spool directory crash', candidates.slice().reverse(), { rarity, keep: 1 });
    expect(third.map(({ passage }) => passage.id)).toEqual(['covers']);
  });

  it('returns at most as many as requested, and invents nothing', () => {
    const candidates = [candidate('a', 'one', 2), candidate('b', 'two', 1)];
    expect(rerank('one two', candidates, { rarity, keep: 1 })).toHaveLength(1);
    expect(rerank('one two', [], { rarity, keep: 4 })).toEqual([]);
  });
});

describe('coverage', () => {
  it('is higher where the terms are close together', () => {
    const wanted = new Set(termsOf('late id'));
    const near = coverage('late id of some trace kept somewhere', wanted, rarity);
    const far = coverage('late trace kept somewhere under some id', wanted, rarity);
    expect(near).toBeGreaterThan(far);
  });

  it('is zero where no term occurs', () => {
    expect(coverage('something else', new Set(['late']), rarity)).toBe(0);
    expect(coverage('something else', new Set(), rarity)).toBe(0);
  });
});

describe('shortestWindow', () => {
  it.each([
    [['a', 'x', 'b', 'a'], 2],
    [['a', 'x', 'x', 'b'], 4],
    [['a', 'a', 'b'], 2],
    [['x', 'a'], Number.POSITIVE_INFINITY],
  ])('of %j is %d', (words, length) => {
    expect(shortestWindow(words, new Set(['a', 'b']))).toBe(length);
  });
});
