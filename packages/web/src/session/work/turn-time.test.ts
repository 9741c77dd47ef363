import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observation, turn } from '../../testing/replay-document.js';
import { kindsSpent, turnTime } from './turn-time.js';

const work = (endMs: number, observations: Parameters<typeof observation>[0][]) => ({
  turn: turn({ startMs: 0, endMs }),
  position: 0,
  observations: observations.map(observation),
});

describe('the time of a turn', () => {
  it('adds up to the turn, whatever ran in it', () => {
    const step = fc.record({
      id: fc.stringMatching(/^[a-e]$/),
      parentId: fc.option(fc.stringMatching(/^[a-e]$/)),
      type: fc.constantFrom('generation', 'tool', 'retriever', 'agent', 'span', 'evaluator'),
      startMs: fc.integer({ min: -10, max: 100 }),
      endMs: fc.option(fc.integer({ min: 0, max: 200_000 })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.integer({ min: 0, max: 100_000 }), (steps, endMs) => {
        const total = Object.values(turnTime(work(endMs, steps))).reduce((sum, ms) => sum + ms, 0);
        expect(total).toBeCloseTo(endMs, 6);
      }),
    );
  });

  it('counts a moment once, for what the turn waits for', () => {
    const time = turnTime(
      work(100, [
        { id: 'root', type: 'agent', startMs: 0, endMs: 100 },
        { id: 'search', parentId: 'root', type: 'retriever', startMs: 0, endMs: 30 },
        { id: 'call', parentId: 'root', type: 'generation', startMs: 20, endMs: 60 },
        { id: 'tool', parentId: 'root', type: 'tool', startMs: 50, endMs: 80 },
      ]),
    );
    expect(time).toEqual({ retrieval: 20, model: 40, tool: 20, own: 20, judge: 0, waiting: 0 });
    expect(kindsSpent(time)).toEqual(['model', 'tool', 'retrieval', 'own']);
  });

  it('is waiting while a person is asked, and while nothing runs for long in an open agent', () => {
    const time = turnTime(
      work(200_000, [
        { id: 'root', type: 'agent', startMs: 0, endMs: 200_000 },
        { id: 'ask_human', parentId: 'root', type: 'tool', startMs: 0, endMs: 50_000 },
        { id: 'call', parentId: 'root', type: 'generation', startMs: 150_000, endMs: 199_000 },
      ]),
    );
    expect(time.waiting).toBe(150_000);
    expect(time.own).toBe(1_000);
  });
});
