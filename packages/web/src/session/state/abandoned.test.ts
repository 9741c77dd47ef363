import { describe, expect, it } from 'vitest';
import { observation, replayDocument } from '../../testing/replay-document.js';
import { endAbandoned } from './abandoned.js';
import { SessionHistory } from './session-history.js';

const document = replayDocument([
  observation({ id: 'root', startMs: 0, endMs: null, type: 'agent' }),
  observation({ id: 'step', startMs: 10, endMs: 400, parentId: 'root' }),
]);

describe('endAbandoned', () => {
  it('what did not end is over when its trace was heard of last, and is known to have no end', () => {
    const { document: shown, isAbandoned } = endAbandoned(document);
    expect(shown.observations.map(({ id, endMs }) => [id, endMs])).toEqual([
      ['root', 400],
      ['step', 400],
    ]);
    expect(shown.observations.map(isAbandoned)).toEqual([true, false]);
    expect(new SessionHistory(shown).asOf(Number.POSITIVE_INFINITY).runningCount).toBe(0);
  });

  it('what runs goes on running', () => {
    const running = { ...document, traces: document.traces.map((trace) => ({ ...trace, running: true })) };
    const { document: shown, isAbandoned } = endAbandoned(running);
    expect(shown).toBe(running);
    expect(shown.observations.some(isAbandoned)).toBe(false);
  });
});
