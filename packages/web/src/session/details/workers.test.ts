import { describe, expect, it } from 'vitest';
import { observation, usage } from '../../testing/replay-document.js';
import { WorkersAsOf } from './workers.js';

describe('what worked in a session', () => {
  const session = new WorkersAsOf([
    observation({ id: 'a', type: 'generation', model: 'm', startMs: 0, endMs: 10, usage: usage(3, 1), cost: 0.5 }),
    observation({ id: 'b', type: 'generation', model: 'm', startMs: 20, endMs: 40, usage: usage(4, 2), cost: 0.25 }),
    observation({ id: 'c', type: 'generation', name: 'unnamed', startMs: 50, endMs: 51 }),
    observation({ id: 'd', type: 'tool', name: 'lookup', startMs: 60, endMs: 61, level: 'ERROR' }),
    observation({ id: 'e', type: 'tool', name: 'lookup', startMs: 62, endMs: null }),
    observation({ id: 'f', type: 'agent', startMs: 0, endMs: 100 }),
  ]);
  const { models, tools } = session.at();

  it('is each model with its calls, tokens, cost and time, the longest first', () => {
    expect(models).toEqual([
      expect.objectContaining({ name: 'm', calls: 2, errors: 0, tokens: 10, cost: 0.75, timeMs: 30 }),
      expect.objectContaining({ name: 'unnamed', calls: 1, tokens: 0 }),
    ]);
    expect(models[0]?.first).toEqual({ traceId: 'trace-1', observationId: 'a' });
  });

  it('is each tool with what failed of it; an agent is none', () => {
    expect(tools).toEqual([expect.objectContaining({ name: 'lookup', calls: 2, errors: 1, timeMs: 1 })]);
  });

  it('has a model call inside a model call once, under the one whose tokens are counted', () => {
    const called = new WorkersAsOf([
      observation({ id: 'outer', type: 'generation', model: 'm', startMs: 0, endMs: 10 }),
      observation({
        ...{ id: 'inner', parentId: 'outer', type: 'generation', model: 'm-2024' },
        ...{ startMs: 1, endMs: 9, usage: usage(3, 1) },
      }),
    ]);
    expect(called.at().models).toEqual([expect.objectContaining({ name: 'm-2024', calls: 1, tokens: 4, timeMs: 8 })]);
  });

  it('counts a call from its start on and what it came to from its end on, as far as a replay has come', () => {
    expect(session.at(-1)).toEqual({ models: [], tools: [] });
    expect(session.at(30)).toEqual({
      models: [expect.objectContaining({ name: 'm', calls: 2, tokens: 4, cost: 0.5, timeMs: 10 })],
      tools: [],
    });
    expect(session.at(60).tools).toEqual([expect.objectContaining({ name: 'lookup', calls: 1, errors: 0, timeMs: 0 })]);
    expect(session.at(61).tools).toEqual([expect.objectContaining({ name: 'lookup', calls: 1, errors: 1, timeMs: 1 })]);
  });
});
