import { expect, it } from 'vitest';
import { differentWords } from './different-words.js';

/** The marked parts of a text, compared with another. */
function marked(text: string, other: string, part = text): string[] {
  return differentWords(text, other)(part).map(({ start, end }) => part.slice(start, end));
}

it('only the words that differ are marked, whatever stands after them', () => {
  const wrong = 'You have **60 days**: every item can be returned.\n\nKeep the label.';
  const right = 'You have **30 days**: most items can be returned.\n\nKeep the label.';
  expect(marked(wrong, right)).toEqual(['60', 'every item']);
  expect(marked(right, wrong)).toEqual(['30', 'most items']);
});

it('a part of the text is marked as it is in its place, without the marks of markdown', () => {
  const wrong = '- **yes**, until Monday\n- no, until Friday';
  const right = '- **yes**, until Monday\n- no, until Sunday';
  expect(marked(wrong, right, 'yes, until Monday')).toEqual([]);
  expect(marked(wrong, right, 'no, until Friday')).toEqual(['Friday']);
});

it('texts that differ in marks alone have nothing marked', () => {
  expect(marked('The answer is **42**.', 'The answer is 42')).toEqual([]);
});

it('of a text beyond the size that is aligned, the words that the other does not have are marked', () => {
  const long = 'the same words again and again '.repeat(600);
  expect(marked(`${long} carriage`, `${long} wagon`, 'and again carriage')).toEqual(['carriage']);
});

it('an emptied answer differs in all of its words', () => {
  expect(marked('It left on Tuesday.', '')).toEqual(['It left on Tuesday']);
});
