import { describe, expect, it } from 'vitest';
import { observation, usage } from '../../testing/replay-document.js';
import { callsOnce } from './calls-once.js';

type Given = Partial<Parameters<typeof observation>[0]>;

const call = (id: string, parentId: string | null, given: Given = {}) =>
  observation({ id, parentId, type: 'generation', startMs: 0, ...given });
const counted: Given = { usage: usage(3, 1) };
const idsOf = (...observations: ReturnType<typeof call>[]) => [...callsOnce(observations)].map(({ id }) => id);

describe('the calls of models, each request once', () => {
  it('are all of them where none is inside another', () => {
    expect(idsOf(call('a', null, counted), call('b', 'away'), call('tool', 'b', { type: 'tool' }))).toEqual(['a', 'b']);
  });

  it('are without those that another record beside them stands for', () => {
    expect(idsOf(call('a', null, counted), call('b', null, { ...counted, isRepeat: true }))).toEqual(['a']);
  });

  it('are the inner ones where their tokens are counted, failed ones among them', () => {
    const between = call('step', 'outer', { type: 'span' });
    expect(idsOf(call('outer', null), between, call('failed', 'step'), call('worked', 'step', counted))).toEqual([
      'failed',
      'worked',
    ]);
  });

  it('are the outer one where its tokens are counted, or none are', () => {
    expect(idsOf(call('outer', null, counted), call('inner', 'outer'))).toEqual(['outer']);
    expect(idsOf(call('inner', 'outer'), call('outer', null))).toEqual(['outer']);
    expect(idsOf(call('outer', null), call('middle', 'outer'), call('inner', 'middle', counted))).toEqual(['inner']);
  });

  it('are told apart by their trace, and end where parents go in a circle', () => {
    expect(idsOf(call('a', null, { traceId: '1' }), call('b', 'a', { traceId: '2' }))).toEqual(['a', 'b']);
    expect(idsOf(call('a', 'b', { type: 'span' }), call('b', 'a', { type: 'span' }), call('c', 'a'))).toEqual(['c']);
    expect(idsOf(call('a', 'a', counted))).toEqual(['a']);
  });
});
