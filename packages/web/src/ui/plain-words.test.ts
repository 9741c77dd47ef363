import { expect, it } from 'vitest';
import { plainMarkedWords, plainWords } from './plain-words.js';

it('a line of markdown is shown without its marks', () => {
  expect(plainWords('You have **60 days**: see `returns.md`.')).toBe('You have 60 days: see returns.md.');
  expect(plainWords('## Summary')).toBe('Summary');
  expect(plainWords('Read [the guide](https://example.org/guide) first.')).toBe('Read the guide first.');
});

it.each([
  ['marks within marks', '**Keep _all_ of `a*b`**, ~~or none~~', 'Keep all of a*b, or none'],
  ['both at once', 'This is ***urgent***.', 'This is urgent.'],
  ['words of a script without spaces', '请在**六十天**内退货', '请在六十天内退货'],
  ['a picture', 'See ![the drill](https://example.org/drill.png).', 'See the drill.'],
  ['headings, quotes and code of several lines', '## Steps\n> first\n```js\nrun()\n```', 'Steps\nfirst\n\nrun()\n'],
  ['the rule of a table', '| a | b |\n|---|:-:|\n| 1 | 2 |', '| a | b |\n\n| 1 | 2 |'],
])('no marks are shown: %s', (_, line, plain) => expect(plainWords(line)).toBe(plain));

it('bold words of which one end was cut off are shown without the mark at the other', () => {
  const middle = 'and the goods are **unopened**, dry and in the box that they came in. '.repeat(2);
  expect(plainWords(`of delivery** ${middle}Money is **returned within`)).toBe(
    `of delivery ${middle.replaceAll('**', '')}Money is returned within`,
  );
});

it('what was searched for is marked in the same words without marks of markdown', () => {
  const text = 'Goods are **returned** within `60 days`.';
  const range = (words: string) => [text.indexOf(words), text.indexOf(words) + words.length] as const;
  const plain = plainMarkedWords({ text, ranges: [range('returned'), range('60'), range('days')] });
  expect(plain.text).toBe('Goods are returned within 60 days.');
  expect(plain.ranges.map(([start, end]) => plain.text.slice(start, end))).toEqual(['returned', '60', 'days']);
});

it('an address that was searched for is shown', () => {
  const text = 'See [the guide](https://example.org/returns).';
  const at = text.indexOf('returns');
  expect(plainMarkedWords({ text, ranges: [[at, at + 7]] })).toEqual({ text, ranges: [[at, at + 7]] });
});

it('what only looks like marks stays', () => {
  for (const text of [
    '2**3**4',
    'a * b * c',
    '__init__x',
    '#hash',
    'f(x)[0](y)',
    '** not bold **',
    'snake_case_name',
    'char** argv[]',
    '5 * 3 * 2',
    'price: 5*',
  ]) {
    expect(plainWords(text)).toBe(text);
  }
});
