import { expect, it } from 'vitest';
import { plainWords } from './plain-words.js';

it('a line of markdown is shown without its marks', () => {
  expect(plainWords('You have **60 days**: see `returns.md`.')).toBe('You have 60 days: see returns.md.');
  expect(plainWords('## Summary')).toBe('Summary');
  expect(plainWords('Read [the guide](https://example.org/guide) first.')).toBe('Read the guide first.');
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
  ]) {
    expect(plainWords(text)).toBe(text);
  }
});
