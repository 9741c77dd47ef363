import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PUBLIC_SESSION, SESSION_CHANGES, SESSION_EXPORT, SESSION_PAGE, SESSION_REPLAY } from './addresses.js';

const ALL = { SESSION_PAGE, SESSION_REPLAY, SESSION_CHANGES, SESSION_EXPORT, PUBLIC_SESSION };
const MEANT = ['.', '..', '%', '/', '\\', '?', '#', ';', '&', '=', '+', ' ', ':', '@', '%2e', '%41', '%zz', '\n', '"'];
const anyId = fc.oneof(
  fc.string({ unit: 'binary', minLength: 0, maxLength: 40 }),
  fc.array(fc.oneof(fc.constantFrom(...MEANT), fc.string({ maxLength: 3 })), { maxLength: 8 }).map((l) => l.join('')),
);
/** What UTF-8 keeps of a text. */
const asUtf8 = (text: string) => Buffer.from(text).toString();

describe.each(Object.entries(ALL))('the addresses of %s', (_name, addresses) => {
  it('bring any id through a browser', () => {
    fc.assert(
      fc.property(anyId, anyId, (id, other) => {
        // As a browser, a proxy and a server do: resolve, then take apart.
        const { origin, pathname, search, hash } = new URL(addresses.of(id, { trace: other }), 'http://h');
        expect({ origin, hash }).toEqual({ origin: 'http://h', hash: '' });
        expect(addresses.idIn(pathname, search)).toBe(asUtf8(id));
        expect(new URLSearchParams(search).get('trace')).toBe(asUtf8(other));
      }),
    );
  });

  it('have no raw or encoded slash, backslash, dot segment or control character in their path', () => {
    fc.assert(
      fc.property(anyId, (id) => {
        const [path = ''] = addresses.of(id).split('?');
        expect(path).not.toMatch(/%2f|%5c|\/\/|\\|%[01][\da-f]|%7f/i);
        expect(path).toBe(new URL(path, 'http://h').pathname);
      }),
    );
  });

  it('of which others write another spelling lead to the same', () => {
    const at = (encoded: string) => {
      const [before = '', after = ''] = addresses.of('ID').split('ID');
      return addresses.idIn(`${before}${encoded}${after}`, '');
    };
    expect(at('chat:42')).toBe('chat:42');
    expect(at('chat%3A42')).toBe('chat:42');
    expect(at('2026/11/28')).toBe('2026/11/28');
    expect(at('2026%2F11%2F28')).toBe('2026/11/28');
    expect(at('+49123')).toBe('+49123');
    expect(at('100%')).toBe('100%');
    expect(at('%zz')).toBe('%zz');
    expect(at('%2541')).toBe('%41');
    expect(at('%C3%9Cn%FFi')).toBe('Ün%FFi');
  });
});

describe('the address of a session on the page', () => {
  it('is short and readable where the id is', () => {
    expect(SESSION_PAGE.of('abc')).toBe('/sessions/abc');
    expect(SESSION_PAGE.of('chat-1', { trace: '7f', t: undefined })).toBe('/sessions/chat-1?trace=7f');
    expect(SESSION_PAGE.of('2026/11/28', { trace: '7f' })).toBe('/session?id=2026%2F11%2F28&trace=7f');
    expect(SESSION_PAGE.of('..')).toBe('/session?id=..');
  });

  it('names none where the list of sessions is', () => {
    expect(SESSION_PAGE.idIn('/sessions', '')).toBeNull();
    expect(SESSION_PAGE.idIn('/sessions/', '')).toBeNull();
    expect(SESSION_PAGE.idIn('/session', '')).toBeNull();
  });

  it('with a slash at its end is the same', () => expect(SESSION_PAGE.idIn('/sessions/abc/', '')).toBe('abc'));
});
