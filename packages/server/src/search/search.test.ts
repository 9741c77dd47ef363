import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matches, parseQuery, type SearchEntry, snippetsOf } from './index.js';

const entry = (text: string, kind: SearchEntry['kind'] = 'question'): SearchEntry => ({
  ...{ kind, text },
  ...{ observationId: 'o', atMs: 0 },
});
const finds = (query: string, ...texts: string[]) =>
  matches(
    parseQuery(query),
    texts.map((text) => entry(text)),
  );
/** The marked parts of the first snippet. */
function marked(query: string, text: string): string[] {
  const [snippet] = snippetsOf(parseQuery(query), [entry(text)], 1);
  return snippet?.ranges.map(([start, end]) => snippet.text.slice(start, end)) ?? [];
}

describe('a query', () => {
  it('asks for every word, in any of the texts', () => {
    expect(finds('refund late', 'Is a refund due?', 'You are too late.')).toBe(true);
    expect(finds('refund early', 'Is a refund due?', 'You are too late.')).toBe(false);
  });

  it('asks for any part of a word of three letters up, and for a whole shorter word', () => {
    expect(finds('fund', 'refunds')).toBe(true);
    expect(finds('ai', 'AI answers')).toBe(true);
    expect(finds('ai', 'email')).toBe(false);
  });

  it('asks for words in quotes as they are, one after the other, in one text', () => {
    expect(finds('"refund policy"', 'our refund policy')).toBe(true);
    expect(finds('"refund policy"', 'policy of refund')).toBe(false);
    expect(finds('"refund policy"', 'a refund', 'policy')).toBe(false);
    expect(finds('“refund polic”', 'our refund policy')).toBe(false);
  });

  it('asks for the parts of an id one after the other', () => {
    expect(finds('ord-8f3', 'Where is ORD-8f3a?')).toBe(true);
    expect(finds('8f3a-ord', 'Where is ORD-8f3a?')).toBe(false);
  });

  it('may be any text, and finds nothing without words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (query, text) => {
        const found = matches(parseQuery(query), [entry(text)]);
        expect(found && parseQuery(query).length === 0).toBe(false);
      }),
    );
    expect(finds('?!', '?!')).toBe(false);
  });
});

describe('a snippet', () => {
  it('marks what was asked for', () => {
    expect(marked('fund "is due"', 'The refund is due; refunds are paid.')).toEqual(['fund', 'is due', 'fund']);
    expect(marked('京都', '東京都へ京都から')).toEqual(['京都', '京都']);
    expect(marked('strasse', 'In der Straße')).toEqual(['Straße']);
  });

  it('is the part of a long text around the first place, cut between words', () => {
    const [snippet] = snippetsOf(parseQuery('needle'), [entry(`${'hay '.repeat(500)}needle${' hay'.repeat(500)}`)], 1);
    expect(snippet?.text).toMatch(/^hay .*needle.* hay$/);
    expect(snippet?.text.length).toBeLessThanOrEqual(200);
    expect(snippet?.ranges.map(([start, end]) => snippet.text.slice(start, end))).toEqual(['needle']);
  });

  it('is of the texts that have most of the words', () => {
    const texts = ['late', 'a late refund', 'refund'].map((text) => entry(text));
    expect(snippetsOf(parseQuery('late refund'), texts, 1).map(({ text }) => text)).toEqual(['a late refund']);
  });

  it('has ranges within its text, in order, for any text and query', () => {
    const text = fc.string({ unit: 'binary', maxLength: 600 });
    fc.assert(
      fc.property(text, fc.nat(600), fc.nat(20), (whole, from, length) => {
        for (const snippet of snippetsOf(parseQuery(whole.slice(from, from + length)), [entry(whole)], 3)) {
          expect(whole).toContain(snippet.text);
          expect(snippet.text.length).toBeLessThanOrEqual(200);
          expect(snippet.ranges.length).toBeGreaterThan(0);
          let end = 0;
          for (const [start, stop] of snippet.ranges) {
            expect(start).toBeGreaterThanOrEqual(end);
            expect(stop).toBeGreaterThan(start);
            end = stop;
          }
          expect(end).toBeLessThanOrEqual(snippet.text.length);
        }
      }),
    );
  });
});
