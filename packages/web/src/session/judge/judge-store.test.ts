import type { ReplayAnnotation } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { JudgeStore, withPending } from './judge-store.js';

function score(id: string, value: number): ReplayAnnotation {
  return {
    ...{ kind: 'score', id, traceId: null, observationId: null, name: 'good', dataType: 'BOOLEAN', value },
    ...{ stringValue: null, text: null, origin: 'ANNOTATION', timeMs: 0 },
  };
}

/** A server that stores, until it fails; it answers when `answer` is called. */
function open() {
  const stored = new Map<string, ReplayAnnotation>();
  let failure: Error | null = null;
  let held: (() => void)[] = [];
  const answered = () => new Promise<void>((resolve) => held.push(resolve));
  const store = new JudgeStore({
    async write(annotation) {
      await answered();
      if (failure !== null) throw failure;
      stored.set(annotation.id, annotation);
    },
    async remove({ id }) {
      await answered();
      if (failure !== null) throw failure;
      stored.delete(id);
    },
    readAgain: async () => {},
    now: () => 5,
  });
  const finish = async (work: Promise<void>) => {
    let isDone = false;
    const done = work.then(() => {
      isDone = true;
    });
    while (!isDone) {
      for (const answer of held) answer();
      held = [];
      await Promise.resolve();
    }
    await done;
  };
  const shown = () => withPending([...stored.values()], store.state).map(({ id, value }) => [id, value]);
  return { store, stored, shown, finish, failWith: (error: Error | null) => (failure = error) };
}

describe('what a reader judges', () => {
  it('is shown before the server has answered, and once when it has', async () => {
    const { store, shown, finish } = open();
    const work = store.change([{ after: score('a', 1), before: null }], 'Scored.');
    expect(shown()).toEqual([['a', 1]]);
    await finish(work);
    expect(shown()).toEqual([['a', 1]]);
    expect(store.state).toMatchObject({ pending: new Map(), notice: { says: 'Scored.', failed: false } });
  });

  it('replaces what was there at once, and undone is what it was', async () => {
    const { store, stored, shown, finish } = open();
    stored.set('a', score('a', 1));
    await finish(store.change([{ after: score('a', 0), before: score('a', 1) }], 'Scored.'));
    expect(shown()).toEqual([['a', 0]]);
    expect(store.undo()).toBe(true);
    expect(shown()).toEqual([['a', 1]]);
  });

  it('is gone at once when it is deleted, and back when that is undone', async () => {
    const { store, stored, shown, finish } = open();
    stored.set('a', score('a', 1));
    const work = store.change([{ after: null, before: score('a', 1) }], 'Deleted.');
    expect(shown()).toEqual([]);
    await finish(work);
    expect(stored.size).toBe(0);
    store.undo();
    expect(shown()).toEqual([['a', 1]]);
  });

  it('is taken back and told where it cannot be stored, and can be tried again', async () => {
    const { store, shown, finish, failWith } = open();
    failWith(new Error('The disk is full.'));
    await finish(store.change([{ after: score('a', 1), before: null }], 'Scored.'));
    expect(shown()).toEqual([]);
    expect(store.state.notice).toMatchObject({ says: 'It was not stored. The disk is full.', failed: true });
    failWith(null);
    store.undo();
    expect(shown()).toEqual([['a', 1]]);
  });

  it('cannot be undone before anything was done', () => {
    expect(open().store.undo()).toBe(false);
  });
});
