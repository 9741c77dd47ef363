import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAddress, sessionsAddress } from './address.js';

const read = (address: string) => {
  const { pathname, search } = new URL(address, 'http://h');
  return readAddress(pathname, search);
};
const name = fc.string({ unit: 'grapheme', minLength: 1 });

describe('an address of the page', () => {
  it('of the list brings any filter back', () => {
    fc.assert(
      fc.property(
        fc.record({ userId: name, environment: name, tag: name, conversationId: name }, { requiredKeys: [] }),
        (filter) => {
          expect(read(sessionsAddress(filter))).toEqual({ view: 'sessions', filter: { ...filter } });
        },
      ),
    );
  });

  it.each([
    ['/', { view: 'sessions', filter: {} }],
    ['/sessions/', { view: 'sessions', filter: {} }],
    ['/sessions?userId=a+b', { view: 'sessions', filter: { userId: 'a b' } }],
    ['/sessions/abc?userId=x', { view: 'session', sessionId: 'abc' }],
    ['/sessions/a%2Fb', { view: 'session', sessionId: 'a/b' }],
    ['/session?id=..&t=5', { view: 'session', sessionId: '..' }],
    ['/session', { view: 'nothing' }],
    ['/nope', { view: 'nothing' }],
  ])('%s', (address, expected) => expect(read(address)).toEqual(expected));
});
