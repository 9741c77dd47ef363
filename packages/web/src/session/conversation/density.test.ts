import type { ReplayMessage } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { observation, turn } from '../../testing/replay-document.js';
import { densityAtFirst } from './density.js';

const asked: ReplayMessage = { role: 'user', parts: [], atMs: 0, observationId: 'x' };
const work = (count: number, messages = [asked]) => ({
  turn: turn({ startMs: 0, messages }),
  position: 0,
  observations: Array.from({ length: count }, (_, n) => observation({ id: `${n}`, startMs: n })),
});

describe('a session opens', () => {
  it('as a conversation where turns have few steps', () => {
    expect(densityAtFirst([work(5), work(30)], null)).toBe('conversation');
  });

  it('as steps where its turns have many, or nobody said anything', () => {
    expect(densityAtFirst([work(150)], null)).toBe('steps');
    expect(densityAtFirst([work(3, [])], null)).toBe('steps');
  });

  it('as it was last chosen', () => {
    expect(densityAtFirst([work(150)], 'conversation')).toBe('conversation');
  });
});
