import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionFilter } from './session-filter.js';
import { filterFromQuery, filterToQuery, readMetadata, readScore } from './session-filter-query.js';

const text = fc.string({ minLength: 1, unit: 'binary' });
const texts = fc.array(text, { minLength: 1, maxLength: 3 });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value));
const range = fc.oneof(fc.record({ min: number }), fc.record({ max: number }), fc.record({ min: number, max: number }));
const time = fc.integer({ min: 0, max: 4e12 });

const aFilter: fc.Arbitrary<SessionFilter> = fc.record(
  {
    ...{ userId: texts, tag: texts, environment: texts, release: texts, version: texts, name: texts },
    ...{ model: texts, service: texts, conversationId: texts, hasErrors: fc.boolean() },
    ...{ duration: range, cost: range, tokens: range, turns: range, errors: range },
    ...{ activeFrom: time, activeTo: time, startedFrom: time, startedTo: time },
    metadata: fc.array(fc.record({ key: text, value: fc.string() }), { minLength: 1, maxLength: 2 }),
    score: fc.array(
      fc.oneof(
        fc.record({ name: text }),
        fc.record({ name: text, value: text.filter((value) => !value.includes('..')) }),
        fc.tuple(text, range).map(([name, ends]) => ({ name, ...ends })),
      ),
      { minLength: 1, maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);

describe('a filter of sessions', () => {
  it('comes back from its query as it was', () => {
    fc.assert(
      fc.property(aFilter, (filter) => {
        expect(filterFromQuery(filterToQuery(filter))).toEqual(filter);
      }),
    );
  });

  it('leaves out what it cannot read, and keeps the rest', () => {
    const query = new URLSearchParams(
      'userId=&minCost=much&maxCost=Infinity&activeFrom=soon&hasErrors=maybe&metadata=plan&score==1&colour=red&tag=x',
    );
    expect(filterFromQuery(query)).toEqual({ tag: ['x'] });
  });
});

describe('a score in a query', () => {
  it.each([
    ['helpful', { name: 'helpful' }],
    ['helpful=good', { name: 'helpful', value: 'good' }],
    ['helpful=0.5', { name: 'helpful', value: '0.5' }],
    ['helpful=0.5..', { name: 'helpful', min: 0.5 }],
    ['helpful=..1', { name: 'helpful', max: 1 }],
    ['helpful=-1..1e3', { name: 'helpful', min: -1, max: 1000 }],
    ['helpful=v1..v2', { name: 'helpful', value: 'v1..v2' }],
    ['a%3Db=1', { name: 'a=b', value: '1' }],
  ])('%s names the score, its value or its range', (text, condition) => {
    expect(readScore(text)).toEqual(condition);
  });
});

describe('metadata in a query', () => {
  it.each([
    ['plan=pro', { key: 'plan', value: 'pro' }],
    ['query=a=b', { key: 'query', value: 'a=b' }],
    ['note=', { key: 'note', value: '' }],
    ['plan', null],
    ['=pro', null],
  ])('%s has a key and a value', (text, condition) => {
    expect(readMetadata(text)).toEqual(condition);
  });
});
