import type { ReplayAnnotation } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { commentChange, scoreChange, thumbChange, thumbOn } from './changes.js';

const session = { kind: 'session' } as const;
const turn = { kind: 'turn', traceId: 't', number: 4, turn: 2 } as const;

describe('a thumb', () => {
  const { after } = thumbChange([], turn, true);
  const given = after === null ? [] : [after];

  it('is a score that is yes or no, on its turn', () => {
    expect(after).toMatchObject({ kind: 'score', name: 'good', dataType: 'BOOLEAN', value: 1, traceId: 't', turn: 2 });
    expect(thumbOn(given, turn)).toBe(after);
    expect(thumbOn(given, session)).toBeNull();
  });

  it('takes the place of the other, and the same again takes it away', () => {
    expect(thumbChange(given, turn, false)).toMatchObject({ before: after, after: { id: after?.id, value: 0 } });
    expect(thumbChange(given, turn, true)).toEqual({ before: after, after: null });
  });

  it('of a program is not that of a reader', () => {
    const byProgram = given.map((score): ReplayAnnotation => ({ ...score, origin: 'API' }));
    expect(thumbOn(byProgram, turn)).toBeNull();
  });
});

describe('a score of any name', () => {
  it.each([
    ['0.75', { dataType: 'NUMERIC', value: 0.75, stringValue: null }],
    ['friendly', { dataType: 'CATEGORICAL', value: null, stringValue: 'friendly' }],
  ])('%s is %j', (text, score) => {
    expect(scoreChange([], session, { name: 'tone', text }).after).toMatchObject({ name: 'tone', ...score });
  });

  it('replaces the one of its name', () => {
    const { after } = scoreChange([], session, { name: 'tone', text: 'rude' });
    const again = scoreChange(after === null ? [] : [after], session, { name: 'tone', text: 'kind' });
    expect(again).toMatchObject({ before: after, after: { id: after?.id, stringValue: 'kind' } });
  });
});

it('comments stand beside one another', () => {
  expect(commentChange(session, 'Look!')).toMatchObject({ before: null, after: { kind: 'comment', text: 'Look!' } });
});
