import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitText } from './split.js';

const turn = (number: number) => ({ role: number % 2 ? 'assistant' : 'user', content: `${number} "]}\\ `.repeat(40) });
const history = (turns: number) => Array.from({ length: turns }, (_, number) => turn(number));

describe('splitText', () => {
  it('makes each message of a conversation a piece of its own', () => {
    expect(splitText(JSON.stringify(history(3)))).toEqual([
      '[',
      JSON.stringify(turn(0)),
      ',',
      JSON.stringify(turn(1)),
      ',',
      JSON.stringify(turn(2)),
      ']',
    ]);
  });

  it('finds the messages that are a field of an object, written with spaces', () => {
    const text = JSON.stringify({ model: 'm', messages: history(2) }, null, 2);
    const pieces = splitText(text);
    expect(pieces.length).toBe(5);
    expect(JSON.parse(pieces[1] ?? '')).toEqual(turn(0));
  });

  it('does not split text that is short or is not JSON', () => {
    expect(splitText('[{"a":1},{"b":2}]')).toEqual(['[{"a":1},{"b":2}]']);
    const prose = 'words [and] {brackets} '.repeat(100);
    expect(splitText(prose)).toEqual([prose]);
  });

  it('loses no character of any text', () => {
    const json = fc.json({ maxDepth: 4 }).map((text) => `[${text},${text.padEnd(300)}]`);
    const brackets = fc.string({ unit: fc.constantFrom('[', ']', '{', '}', '"', '\\', ',', 'x'.repeat(90)) });
    const cut = fc.tuple(json, fc.nat()).map(([text, at]) => text.slice(0, at % text.length));
    fc.assert(
      fc.property(fc.oneof(json, brackets, cut), (text) => {
        expect(splitText(text).join('')).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});
