import { describe, expect, it } from 'vitest';
import { observation, replayDocument } from '../../testing/replay-document.js';
import { isReplayed, readMoment, upgraded, writeMoment } from './moment.js';
import { SessionHistory } from './session-history.js';

const history = new SessionHistory(
  replayDocument([
    observation({ id: 'a', traceId: 't1', startMs: 0 }),
    observation({ id: 'b', traceId: 't2', startMs: 50 }),
  ]),
);

describe('readMoment', () => {
  it('an observation is found with or without its trace', () => {
    const selection = { traceId: 't2', observationId: 'b' };
    expect(readMoment('?trace=t2&observation=b&t=70', history)).toEqual({ selection, timeMs: 70 });
    expect(readMoment('?observation=b', history)).toEqual({ selection, timeMs: null });
  });

  it('a trace alone is selected as a whole', () => {
    expect(readMoment('?trace=t1', history).selection).toEqual({ traceId: 't1', observationId: null });
  });

  it.each(['?', '?v=0&', '?v=1&', '?v=7&', '?v=soon&'])('an address of any version opens: %s', (start) => {
    const selection = { traceId: 't2', observationId: 'b' };
    expect(readMoment(`${start}trace=t2&observation=b&t=70`, history)).toEqual({ selection, timeMs: 70 });
  });

  it.each(['', '?trace=unknown', '?observation=unknown', '?t=', '?t=soon', '?t=Infinity'])(
    '%j names nothing that the session has',
    (search) => expect(readMoment(search, history)).toEqual({ selection: null, timeMs: null }),
  );
});

describe('an address with a time', () => {
  const session = new SessionHistory(
    replayDocument([observation({ id: 'call', traceId: 't1', startMs: 100, endMs: 900 })]),
  );
  const isReplay = (search: string) => isReplayed(readMoment(search, session), session);

  it.each(['t=100', 't=900', 't=901'])('of when its observation began or ended is read as a whole: %s', (time) =>
    expect(isReplay(`?trace=t1&observation=call&${time}`)).toBe(false),
  );

  it.each(['?trace=t1&observation=call&t=500', '?t=100', '?trace=t1&t=900'])(
    'of any other moment is a replay: %s',
    (search) => expect(isReplay(search)).toBe(true),
  );
});

describe('writeMoment', () => {
  it('what it writes is read again', () => {
    const moment = { selection: { traceId: 't2', observationId: 'b' }, timeMs: 42 };
    expect(readMoment(writeMoment('', moment), history)).toEqual(moment);
  });

  it('keeps what else the address says and drops what no longer holds', () => {
    expect(
      writeMoment('?x=1&observation=b&t=9', { selection: { traceId: 't1', observationId: null }, timeMs: null }),
    ).toBe('?x=1&trace=t1');
    expect(writeMoment('?v=1&t=9', { selection: null, timeMs: null })).toBe('');
  });
});

describe('an address of an earlier version', () => {
  const upgrades = [
    (query: URLSearchParams) => query.set('at', `${query.get('t')}ms`),
    (query: URLSearchParams) => query.delete('t'),
  ];
  it.each([
    ['t=5', 'at=5ms&v=3'],
    ['v=1&t=5', 'at=5ms&v=3'],
    ['v=2&t=5&at=5ms', 'at=5ms&v=3'],
    ['v=3&at=5ms', 'at=5ms&v=3'],
    ['v=9&at=5ms', 'at=5ms&v=9'],
    ['v=soon&t=5', 'at=5ms&v=3'],
  ])('%s is brought up to the latest, step by step', (search, expected) => {
    const found = Object.fromEntries(upgraded(new URLSearchParams(search), upgrades));
    expect(found).toEqual(Object.fromEntries(new URLSearchParams(expected)));
  });
});
