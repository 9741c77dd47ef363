import { describe, expect, it } from 'vitest';
import { withCondition, withOnly, withoutCondition } from './filter-edits.js';

describe('a filter', () => {
  it('gains a value beside those it has', () => {
    const filter = { tag: ['a'], userId: ['ann'] };
    expect(withCondition(filter, { name: 'tag', value: 'b, c' })).toEqual({ userId: ['ann'], tag: ['a', 'b, c'] });
  });
  it('is the same where it has the condition', () => {
    const filter = { tag: ['a'] };
    expect(withCondition(filter, { name: 'tag', value: 'a' })).toBe(filter);
  });
  it('has errors or has none, not both', () => {
    expect(withCondition({ hasErrors: true }, { name: 'hasErrors', value: 'false' })).toEqual({ hasErrors: false });
  });
  it('loses one value and keeps the others', () => {
    expect(withoutCondition({ tag: ['a', 'b'], cost: { min: 1 } }, { name: 'tag', value: 'a' })).toEqual({
      tag: ['b'],
      cost: { min: 1 },
    });
  });
  it('has one least cost', () => {
    expect(withOnly({ cost: { min: 1, max: 2 } }, { name: 'minCost', value: '1.5' })).toEqual({
      cost: { min: 1.5, max: 2 },
    });
    expect(withOnly({ cost: { min: 1, max: 2 } }, { name: 'minCost', value: '' })).toEqual({ cost: { max: 2 } });
  });
});
