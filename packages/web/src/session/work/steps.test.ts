import { describe, expect, it } from 'vitest';
import { observation, turn, usage } from '../../testing/replay-document.js';
import { type Step, stepsOf } from './steps.js';

const steps = (observations: Parameters<typeof observation>[0][]) =>
  stepsOf({ turn: turn({ startMs: 0 }), position: 0, observations: observations.map(observation) });
const outline = (found: readonly Step[]): unknown[] =>
  found.map(({ observation: { id }, children }) => (children.length === 0 ? id : [id, outline(children)]));

describe('the steps of a turn', () => {
  it('are what ran below the root, by time and nesting', () => {
    const found = steps([
      { id: 'root', startMs: 0, endMs: 100 },
      { id: 'call', parentId: 'root', startMs: 1, endMs: 10 },
      { id: 'agent', type: 'agent', parentId: 'root', startMs: 20, endMs: 90 },
      { id: 'inner', parentId: 'agent', startMs: 21, endMs: 30 },
    ]);
    expect(outline(found)).toEqual(['call', ['agent', ['inner']]]);
  });

  it('keep a root that is all there is, and observations whose parent is missing', () => {
    expect(outline(steps([{ id: 'call', startMs: 0 }]))).toEqual(['call']);
    expect(
      outline(
        steps([
          { id: 'a', parentId: 'gone', startMs: 0 },
          { id: 'b', startMs: 500 },
        ]),
      ),
    ).toEqual(['a', 'b']);
  });

  it('show a call that failed and was made again as one step with its attempts', () => {
    const found = steps([
      { id: '1', name: 'lookup', type: 'tool', level: 'ERROR', startMs: 0, endMs: 10 },
      { id: '2', name: 'lookup', type: 'tool', level: 'ERROR', startMs: 10, endMs: 20 },
      { id: '3', name: 'lookup', type: 'tool', startMs: 25, endMs: 30 },
      { id: '4', name: 'lookup', type: 'tool', startMs: 40, endMs: 50 },
    ]);
    expect(found.map(({ attempts }) => attempts.map(({ id }) => id))).toEqual([['1', '2', '3'], ['4']]);
    expect(found.map(({ sum }) => sum.errors)).toEqual([2, 0]);
  });

  it('mark what ran at the same time', () => {
    const found = steps([
      { id: 'a', startMs: 0, endMs: 100 },
      { id: 'b', startMs: 10, endMs: 40 },
      { id: 'c', startMs: 50, endMs: 60 },
      { id: 'd', startMs: 100, endMs: 110 },
    ]);
    expect(found.map(({ parallel, parallelEdge }) => [parallel, parallelEdge])).toEqual([
      [3, 'first'],
      [3, null],
      [3, 'last'],
      [1, null],
    ]);
  });

  it('add up what is below them', () => {
    const [agent] = steps([
      { id: 'root', startMs: 0, endMs: 100 },
      { id: 'agent', parentId: 'root', startMs: 0, endMs: 50 },
      { id: 'call', parentId: 'agent', startMs: 1, endMs: 10, usage: usage(10, 5), cost: 0.5 },
      { id: 'tool', parentId: 'agent', startMs: 11, endMs: 20, level: 'ERROR' },
      { id: 'other', parentId: 'root', startMs: 60, endMs: 70 },
    ]);
    expect(agent?.sum).toEqual({ steps: 2, errors: 1, tokens: 15, cost: 0.5 });
  });

  it('may be nested deeper than calls can be', () => {
    const chain = Array.from({ length: 20_000 }, (_, n) => ({
      id: `${n}`,
      parentId: n === 0 ? null : `${n - 1}`,
      startMs: n,
    }));
    expect(steps(chain)[0]?.sum.steps).toBe(19_998);
  });
});
