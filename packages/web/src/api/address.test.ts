import { SESSION_SORTS, SORT_ORDERS } from '@powerrag/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareAddress, listAddress, overviewAddress, readAddress, WHOLE_LIST } from './address.js';
import { TIME_RANGES, type TimeRangeName } from './time-range.js';

const read = (address: string) => {
  const { pathname, search } = new URL(address, 'http://h');
  return readAddress(pathname, search);
};
const name = fc.string({ unit: 'grapheme', minLength: 1 });
const names = fc.array(name, { minLength: 1, maxLength: 3 });
const list = fc.record({
  filter: fc.record({ userId: names, environment: names, tag: names, model: names }, { requiredKeys: [] }),
  sort: fc.constantFrom(...SESSION_SORTS),
  order: fc.constantFrom(...SORT_ORDERS),
  text: fc.string({ unit: 'grapheme' }),
  when: fc.constantFrom(null, ...(Object.keys(TIME_RANGES) as TimeRangeName[])),
});

describe('an address of the page', () => {
  it('of a list brings any filter, order, search and time back', () => {
    fc.assert(
      fc.property(list, (each) => {
        expect(read(listAddress(each))).toEqual({ view: 'sessions', list: { ...each, filter: { ...each.filter } } });
      }),
    );
  });

  const whole = { view: 'sessions', list: WHOLE_LIST };
  it.each([
    ['/', whole],
    ['/sessions/', whole],
    ['/sessions?sort=nothing&order=up&when=never&minCost=dear', whole],
    ['/sessions?userId=a+b', { view: 'sessions', list: { ...WHOLE_LIST, filter: { userId: ['a b'] } } }],
    ['/overview?tag=x', { view: 'overview', list: { ...WHOLE_LIST, filter: { tag: ['x'] } } }],
    ['/sessions/abc?userId=x', { view: 'session', sessionId: 'abc' }],
    ['/sessions/a%2Fb', { view: 'session', sessionId: 'a/b' }],
    ['/session?id=..&t=5', { view: 'session', sessionId: '..' }],
    ['/session', { view: 'nothing' }],
    ['/nope', { view: 'nothing' }],
  ])('%s', (address, expected) => expect(read(address)).toEqual(expected));

  it('of a comparison brings both sides back, whatever their ids', () => {
    const side = fc.record({
      sessionId: fc.string({ unit: 'grapheme', minLength: 1 }),
      turn: fc.constantFrom(null, 1, 12),
    });
    const sides = fc.tuple(fc.option(side), fc.option(side));
    fc.assert(
      fc.property(sides, (each) => {
        expect(read(compareAddress(each))).toEqual({ view: 'compare', sides: each });
      }),
    );
    expect(read('/compare?a=x&turnA=0&turnB=2')).toEqual({
      view: 'compare',
      sides: [{ sessionId: 'x', turn: null }, null],
    });
  });

  it('of an overview keeps what the list is narrowed to, and not what is searched for', () => {
    const address = overviewAddress({ ...WHOLE_LIST, text: 'refund', when: 'week', filter: { tag: ['a'] } });
    expect(read(address)).toEqual({
      view: 'overview',
      list: { ...WHOLE_LIST, when: 'week', filter: { tag: ['a'] } },
    });
  });
});
