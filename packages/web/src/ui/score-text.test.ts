import { describe, expect, it } from 'vitest';
import { isBad, scoreText } from './score-text.js';

describe('a score', () => {
  it.each([
    [{ dataType: 'BOOLEAN', value: 1, stringValue: 'True' }, 'yes'],
    [{ dataType: 'BOOLEAN', value: 0, stringValue: 'False' }, 'no'],
    [{ dataType: 'BOOLEAN', value: 2 / 3, stringValue: null }, '67 % yes'],
    [{ dataType: 'NUMERIC', value: 0.94444, stringValue: null }, '0.944'],
    [{ dataType: 'NUMERIC', value: 1200, stringValue: null }, '1,200'],
    [{ dataType: 'CATEGORICAL', value: null, stringValue: 'friendly' }, 'friendly'],
    [{ dataType: null, value: null, stringValue: null }, ''],
  ] as const)('%j is written as %j', (score, text) => {
    expect(scoreText(score)).toBe(text);
  });

  it('is bad where it is a no, or mostly a no', () => {
    expect(isBad({ dataType: 'BOOLEAN', value: 0.3 })).toBe(true);
    expect(isBad({ dataType: 'BOOLEAN', value: 0.5 })).toBe(false);
    expect(isBad({ dataType: 'NUMERIC', value: 0 })).toBe(false);
  });
});
