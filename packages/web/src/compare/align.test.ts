import { describe, expect, it } from 'vitest';
import { align, partingOf } from './align.js';

const pairs = (a: string, b: string) =>
  align([...a], [...b], (letter) => letter).map(([left, right]) => `${left ?? '-'}${right ?? '-'}`);

describe('two lists', () => {
  it.each([
    ['abc', 'abc', ['aa', 'bb', 'cc']],
    ['abc', 'axc', ['aa', 'bx', 'cc']],
    ['abc', 'ac', ['aa', 'b-', 'cc']],
    ['ac', 'abxc', ['aa', '-b', '-x', 'cc']],
    ['', 'ab', ['-a', '-b']],
    ['aab', 'ab', ['aa', 'a-', 'bb']],
  ])('%s and %s are aligned by what they have in common', (a, b, expected) => {
    const found = pairs(a, b);
    expect(found.map((pair) => pair[0]).filter((letter) => letter !== '-')).toEqual([...a]);
    expect(found.map((pair) => pair[1]).filter((letter) => letter !== '-')).toEqual([...b]);
    expect(found.toSorted()).toEqual([...expected].sort());
  });
});

it('two long lists are aligned by their equal beginnings and ends, at once', () => {
  const list = (middle: string) =>
    Array.from({ length: 50_000 }, (_, n) => (n > 100 && n < 49_900 ? `${middle}${n}` : `${n}`));
  const found = align(list('a'), list('b'), (key) => key);
  expect(found).toHaveLength(50_000);
  expect([found[0], found[20_000], found.at(-1)]).toEqual([
    ['0', '0'],
    ['a20000', 'b20000'],
    ['49999', '49999'],
  ]);
});

describe('two texts', () => {
  it.each([
    ['Paid in 30 days.', 'Paid in 30 days.', null],
    ['Paid in 30 days.', 'Paid in 14 days.', 8],
    ['Paid in 30 days.', 'Paid in 33 days.', 8],
    ['Yes', 'No', 0],
    ['Yes', 'Yes, it is', 0],
    ['Yes', '', 0],
  ])('%j and %j part at the start of a word: %j', (a, b, at) => expect(partingOf(a, b)).toBe(at));
});
