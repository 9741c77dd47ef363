import { describe, expect, it } from 'vitest';
import { observation, turn } from '../../testing/replay-document.js';
import { answeringCall } from './answering-call.js';

const observations = [
  observation({ id: 'root', type: 'agent', startMs: 0, endMs: 1_000 }),
  observation({ id: 'plan', type: 'generation', parentId: 'root', startMs: 10, endMs: 200 }),
  observation({ id: 'answer', type: 'generation', parentId: 'root', startMs: 300, endMs: 800 }),
  observation({ id: 'make-title', type: 'generation', parentId: 'root', startMs: 810, endMs: 900 }),
  observation({ id: 'later', type: 'generation', parentId: 'root', startMs: 910, endMs: 1_100 }),
];

function callOf(observationId: string): string | undefined {
  const work = { turn: turn({ startMs: 0 }), position: 0, observations };
  return answeringCall(work, { role: 'assistant', parts: [], atMs: 1_000, observationId })?.id;
}

describe('the call that gave an answer', () => {
  it('is what the answer was read from, where that is a call', () => expect(callOf('plan')).toBe('plan'));

  it('is the last call inside an agent that set the answer, but none that wrote a title', () => {
    expect(callOf('root')).toBe('answer');
  });

  it('may end a moment after what passed its answer on', () => {
    const streamed = [
      observation({ id: 'root', type: 'agent', startMs: 0, endMs: 600 }),
      observation({ id: 'first', type: 'generation', parentId: 'root', startMs: 10, endMs: 20 }),
      observation({ id: 'last', type: 'generation', parentId: 'root', startMs: 30, endMs: 600.1 }),
    ];
    const work = { turn: turn({ startMs: 0 }), position: 0, observations: streamed };
    expect(answeringCall(work, { role: 'assistant', parts: [], atMs: 600, observationId: 'root' })?.id).toBe('last');
  });

  it('is none where nothing called a model', () => expect(callOf('answer2')).toBeUndefined());
});
