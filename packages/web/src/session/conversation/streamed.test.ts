import type { MessagePart } from '@powerrag/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { STREAMED_STEPS, streamedSteps, wordsUpTo } from './streamed.js';

const CALL = { firstTokenMs: 1_000, endMs: 3_000 };
const text = (words: string): MessagePart => ({ type: 'text', text: words });

it('a streamed answer comes between its first word and its end', () => {
  expect(streamedSteps(CALL, 999)).toBe(0);
  expect(streamedSteps(CALL, 2_000)).toBe(STREAMED_STEPS / 2);
  expect(streamedSteps(CALL, 3_000)).toBe(STREAMED_STEPS);
  expect(streamedSteps(CALL, 9_000)).toBe(STREAMED_STEPS);
});

it('an answer whose timing is not known is not shown bit by bit', () => {
  expect(streamedSteps({ firstTokenMs: null, endMs: 3_000 }, 2_000)).toBeNull();
  expect(streamedSteps({ firstTokenMs: 1_000, endMs: null }, 2_000)).toBeNull();
  expect(streamedSteps({ firstTokenMs: 3_000, endMs: 3_000 }, 3_000)).toBeNull();
});

it('only whole words come, and what is no text comes last', () => {
  const call: MessagePart = { type: 'tool_call', id: null, name: 'lookup', arguments: {} };
  const parts = [text('You have sixty days.'), call, text('Keep the label.')];
  expect(wordsUpTo(parts, 0)).toEqual([]);
  expect(wordsUpTo(parts, 0.3)).toEqual([text('You have')]);
  expect(wordsUpTo(parts, 0.75)).toEqual([text('You have sixty days.'), text('Keep')]);
  expect(wordsUpTo(parts, 1)).toEqual(parts);
});

it('never more than before goes away, and no character is halved', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (words, part) => {
        const [shown] = wordsUpTo([text(words)], part);
        const beginning = shown?.type === 'text' ? shown.text : '';
        expect(words.startsWith(beginning)).toBe(true);
        expect(beginning).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
      },
    ),
  );
});
