import type { ReplayChange, ReplayDocument } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { observation, replayDocument, turn } from '../testing/replay-document.js';
import { isBehind, withChanges } from './live-document.js';

const document = replayDocument([
  observation({ id: 'a', startMs: 0, traceId: 't1' }),
  observation({ id: 'b', startMs: 50, traceId: 't2' }),
]);

/** A step to the revision after that of the document. */
function change(document: ReplayDocument, part: Partial<ReplayChange>): ReplayChange {
  const { session, startedAtMs, durationMs, asOfMs, revision } = document;
  return {
    session,
    startedAtMs,
    durationMs,
    asOfMs,
    revision: revision + 1,
    traces: [],
    observations: [],
    turns: [],
    ...part,
  };
}

const after = (document: ReplayDocument, ...changes: ReplayChange[]) =>
  withChanges(document, { from: document, revision: 2, asOfMs: document.asOfMs, nextChangeMs: null, changes });

describe('a document after changes', () => {
  it('has what is new in its place, and the rest is the same objects', () => {
    const added = observation({ id: 'c', startMs: 20, traceId: 't1' });
    const made = after(document, change(document, { observations: [added] }));
    expect(made?.observations.map(({ id }) => id)).toEqual(['a', 'c', 'b']);
    expect(made?.observations[0]).toBe(document.observations[0]);
    expect(made?.traces).toBe(document.traces);
    expect(made?.turns).toBe(document.turns);
    expect(made?.revision).toBe(2);
  });

  it('has lost the traces that left the session', () => {
    const made = after(document, change(document, { traceIds: ['t2'] }));
    expect(made?.traces.map(({ id }) => id)).toEqual(['t2']);
    expect(made?.observations.map(({ id }) => id)).toEqual(['b']);
  });

  it('has the end of a list that grew, without all of the list being sent', () => {
    const begun = { ...document, turns: [turn({ startMs: 0, traceId: 't1', steps: ['a', 'x'] })] };
    const { steps: _, errors: __, ...rest } = turn({ startMs: 0, traceId: 't1' });
    const grown = { ...rest, place: 0, steps: { keep: 2, add: ['y'] }, errors: { keep: 0, add: [] } };
    const made = after(begun, change(begun, { turns: [{ traceId: 't1', count: 1, changed: [grown] }] }));
    expect(made?.turns).toEqual([turn({ startMs: 0, traceId: 't1', steps: ['a', 'x', 'y'] })]);
  });

  it('is to be read again when its offsets have changed, or when the changes lead on from another position', () => {
    expect(after(document, change(document, { startedAtMs: document.startedAtMs - 5 }))).toBeNull();
    const elsewhere = { revision: 0, asOfMs: 0 };
    expect(
      withChanges(document, { from: elsewhere, revision: 2, asOfMs: 0, nextChangeMs: null, changes: [] }),
    ).toBeNull();
  });

  it('takes changes from another reader at its revision that looked earlier, and moves on with one that found nothing', () => {
    const { revision, asOfMs } = document;
    const none = { changes: [], nextChangeMs: null, revision };
    expect(withChanges(document, { ...none, from: { revision, asOfMs: asOfMs - 5 }, asOfMs: asOfMs + 5 })).toEqual({
      ...document,
      asOfMs: asOfMs + 5,
    });
    expect(withChanges(document, { ...none, from: { revision, asOfMs: asOfMs + 1 }, asOfMs: asOfMs + 5 })).toBeNull();
  });

  it('knows changes that it has already', () => {
    expect(isBehind({ revision: 1, asOfMs: document.asOfMs }, document)).toBe(true);
    expect(isBehind({ revision: 1, asOfMs: document.asOfMs + 1 }, document)).toBe(false);
    expect(isBehind({ revision: 2, asOfMs: 0 }, document)).toBe(false);
  });
});
