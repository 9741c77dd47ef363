import type { ReplayTurn } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { isOn, mayBeIn, placeOf, turnTarget } from './target.js';

function turn(traceId: string): ReplayTurn {
  return {
    ...{ traceId, startMs: 0, endMs: 1, messages: [], steps: [], models: [], totalTokens: 0, totalCost: null },
    ...{ errors: [], running: false, doubts: [], unseenAnswers: 0 },
  };
}

const onTrace = (traceId: string, turn?: number) => ({
  ...{ traceId, observationId: null },
  ...(turn !== undefined && { turn }),
});

describe('a turn', () => {
  it('is its trace where that holds no other, else its number in the trace', () => {
    const turns = [turn('a'), turn('b'), turn('b')];
    expect(turnTarget(turns, 0)).toEqual({ kind: 'turn', traceId: 'a', number: 1 });
    expect(turnTarget(turns, 2)).toEqual({ kind: 'turn', traceId: 'b', number: 3, turn: 2 });
    expect(turnTarget(turns, 3)).toBeNull();
  });

  it('has what is on it, and its first what is on the whole trace', () => {
    const turns = [turn('b'), turn('b')];
    const [first, second] = [turnTarget(turns, 0), turnTarget(turns, 1)];
    if (first === null || second === null) throw new Error('There are two turns.');
    expect([isOn(onTrace('b'), first), isOn(onTrace('b'), second)]).toEqual([true, false]);
    expect([isOn(onTrace('b', 2), first), isOn(onTrace('b', 2), second)]).toEqual([false, true]);
    expect(isOn(onTrace('a'), first)).toBe(false);
  });
});

describe('a place', () => {
  const passage = { exact: 'x', prefix: 'before', suffix: '' };
  const targets = [
    { kind: 'session' },
    { kind: 'turn', traceId: 'a', number: 1 },
    { kind: 'observation', traceId: 'a', observationId: 'o', name: 'answer' },
    { kind: 'passage', traceId: 'a', observationId: 'o', passage },
  ] as const;

  it.each(targets)('is on its own target and on no other: $kind', (target) => {
    expect(targets.filter((each) => isOn(placeOf(target), each))).toEqual([target]);
  });

  it('of a passage is looked for in the messages of its observation, or of its trace', () => {
    const of = (observationId: string | null) => ({ traceId: 'a', observationId, passage });
    expect(mayBeIn(of('o'), 'a', 'o')).toBe(true);
    expect(mayBeIn(of('o'), 'a', 'p')).toBe(false);
    expect(mayBeIn(of(null), 'a', 'p')).toBe(true);
    expect(mayBeIn(of(null), 'b', 'p')).toBe(false);
    expect(mayBeIn({ traceId: 'a', observationId: 'o' }, 'a', 'o')).toBe(false);
  });
});
