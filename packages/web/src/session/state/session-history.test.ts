import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observation, replayDocument, turn, usage } from '../../testing/replay-document.js';
import { SessionHistory } from './session-history.js';

const observations = fc
  .array(
    fc.record({
      startMs: fc.integer({ min: 0, max: 500 }),
      lengthMs: fc.option(fc.integer({ min: 0, max: 200 })),
      tokens: fc.integer({ min: 0, max: 50 }),
      failed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((rows) =>
    rows.map((row, position) =>
      observation({
        id: `o${position}`,
        startMs: row.startMs,
        endMs: row.lengthMs === null ? null : row.startMs + row.lengthMs,
        usage: usage(row.tokens, 0),
        cost: row.tokens / 4,
        level: row.failed ? 'ERROR' : 'DEFAULT',
      }),
    ),
  );

describe('SessionHistory', () => {
  it('as of any moment it says what a count over all observations says', () => {
    fc.assert(
      fc.property(observations, fc.integer({ min: -10, max: 800 }), (rows, t) => {
        const asOf = new SessionHistory(replayDocument(rows)).asOf(t);
        const started = rows.filter((o) => o.startMs <= t);
        const ended = rows.filter((o) => o.endMs !== null && o.endMs <= t);
        expect(asOf).toEqual({
          startedCount: started.length,
          traceCount: new Set(started.map((o) => o.traceId)).size,
          endedCount: ended.length,
          runningCount: started.length - ended.length,
          errorCount: rows.filter((o) => o.level === 'ERROR' && (o.endMs ?? o.startMs) <= t).length,
          totalTokens: ended.reduce((sum, o) => sum + (o.usage?.total ?? 0), 0),
          totalCost: ended.reduce((sum, o) => sum + (o.cost ?? 0), 0),
        });
      }),
    );
  });

  it('what is running are those that have started and not ended', () => {
    fc.assert(
      fc.property(observations, fc.integer({ min: -10, max: 800 }), (rows, t) => {
        const running = new SessionHistory(replayDocument(rows)).runningAt(t).map((o) => o.id);
        const expected = rows.filter((o) => o.startMs <= t && (o.endMs === null || o.endMs > t)).map((o) => o.id);
        expect(running.toSorted()).toEqual(expected.toSorted());
      }),
    );
  });

  it('an observation id is looked up in its own trace', () => {
    const history = new SessionHistory(
      replayDocument([
        observation({ id: 'a', traceId: 't1', startMs: 0, name: 'first' }),
        observation({ id: 'a', traceId: 't2', startMs: 5, name: 'second' }),
      ]),
    );
    expect(history.find('t2', 'a')?.name).toBe('second');
    expect(history.find('t3', 'a')).toBeUndefined();
    expect(history.findById('a')?.name).toBe('first');
  });

  it('a cost that nobody recorded is unknown, not nothing', () => {
    expect(new SessionHistory(replayDocument([observation({ id: 'a', startMs: 0 })])).asOf(50).totalCost).toBeNull();
  });

  it('stepping leaves the moment it stands on and stops at the bounds of the session', () => {
    const document = replayDocument([
      observation({ id: 'a', startMs: 0, endMs: 100 }),
      observation({ id: 'b', startMs: 40, endMs: 100 }),
    ]);
    const history = new SessionHistory(document);
    expect(history.step('event', 0, 1)).toBe(40);
    expect(history.step('event', 40, 1)).toBe(100);
    expect(history.step('event', 100, 1)).toBe(100);
    expect(history.step('event', 100, -1)).toBe(40);
    expect(history.step('event', 0, -1)).toBe(0);
    expect(history.step('error', 30, 1)).toBe(100);
  });

  it('steps are the messages and the starts of what ran in a turn', () => {
    const history = new SessionHistory(
      replayDocument([observation({ id: 'root', startMs: 0, endMs: 500 }), observation({ id: 'tool', startMs: 120 })], {
        turns: [turn({ startMs: 0, steps: ['tool', 'never-arrived'] })],
      }),
    );
    expect(history.step('step', 0, 1)).toBe(120);
    expect(history.step('step', 120, 1)).toBe(500);
  });
});

describe('a trace whose root is open and has not been sent', () => {
  const step = observation({ id: 'step', startMs: 10, endMs: 40, parentId: null, orphan: true });
  const running = replayDocument([step], { turns: [turn({ startMs: 10, running: true })] });

  it('counts as running, and its steps are not orphans', () => {
    const history = new SessionHistory(running);
    expect(history.asOf(40)).toMatchObject({ traceCount: 1, runningCount: 1 });
    expect(history.asOf(5)).toMatchObject({ traceCount: 0, runningCount: 0 });
    expect(history.isOrphan(step)).toBe(false);
  });

  it('has an orphan once it is taken to be over', () => {
    const history = new SessionHistory({ ...running, turns: [turn({ startMs: 10 })] });
    expect(history.asOf(40).runningCount).toBe(0);
    expect(history.isOrphan(step)).toBe(true);
  });
});
