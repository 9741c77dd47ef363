import type { SessionActivity } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import type { Annotation } from '../store/annotations.js';
import { memoryStore } from '../store/memory.js';
import { anObservation, traceId } from '../store/testing.js';
import { signedIn } from '../testing/signed-in.js';
import { activityOf } from './activity-figures.js';
import { createReadApi } from './index.js';

const START = Date.UTC(2026, 0, 1);

async function open() {
  const store = memoryStore();
  await store.write('default', [
    ...[0, 1, 2, 24_000].map((afterMs, n) =>
      anObservation({
        ...{ traceId: traceId(1), id: `${n}`.padStart(16, '0'), startMs: START + afterMs, endMs: START + afterMs },
        ...{ level: afterMs === 24_000 ? 'ERROR' : 'DEFAULT', trace: { sessionId: 's' } },
      }),
    ),
    anObservation({ traceId: traceId(2), startMs: START, endMs: START, trace: { sessionId: 'instant' } }),
  ]);
  const api = signedIn(createReadApi({ reader: store, annotations: store }));
  const ask = async (...ids: string[]) => {
    const response = await api.request(`/api/v1/session-activity?${ids.map((id) => `sessionId=${id}`).join('&')}`);
    const body = (await response.json()) as { data: SessionActivity[]; message?: string };
    return { status: response.status, ...body };
  };
  return { store, ask };
}

function anAnnotation(id: string, fields: Partial<Annotation>): Annotation {
  return {
    ...{ kind: 'score', id, sessionId: null, traceId: traceId(1), observationId: null, timeMs: 1, name: 'helpful' },
    ...{ source: { traceId: null, observationId: null }, dataType: 'BOOLEAN', value: 1, stringValue: null, text: null },
    ...{ origin: 'ANNOTATION', environment: null, authorUserId: null, metadata: {} },
    ...fields,
  };
}

describe('the activity of sessions', () => {
  it('says when things were recorded and when they failed, as parts of the busiest stretch', async () => {
    const { ask } = await open();
    const [found] = (await ask('s')).data;
    expect(found?.activity).toEqual([1, ...Array(22).fill(0), 0.333]);
    expect(found?.errors).toEqual([...Array(23).fill(0), 0.333]);
  });

  it('is in the order that was asked for, without sessions that there are not, and empty without a duration', async () => {
    const { data } = await (await open()).ask('instant', 'unknown', 's');
    expect(data.map(({ sessionId, activity }) => [sessionId, activity.length])).toEqual([
      ['instant', 0],
      ['s', 24],
    ]);
  });

  it('spreads a trace of a long session over its time', () => {
    const session = { startMs: 0, lastActivityMs: 24 };
    const { activity } = activityOf(session, [{ startMs: 0, endMs: 11.5, count: 120, errorCount: 0 }]);
    expect(activity).toEqual([...Array(12).fill(1), ...Array(12).fill(0)]);
  });

  it('sums up the scores of each name on the session and all in it, and counts the comments', async () => {
    const { store, ask } = await open();
    await store.writeAnnotations('default', [
      anAnnotation('1', {}),
      anAnnotation('2', { sessionId: 's', traceId: null, value: 0 }),
      anAnnotation('3', { name: 'tone', dataType: 'CATEGORICAL', value: null, stringValue: 'rude', timeMs: 2 }),
      anAnnotation('4', { name: 'tone', dataType: 'CATEGORICAL', value: null, stringValue: 'kind', timeMs: 3 }),
      anAnnotation('5', { kind: 'comment', name: '', dataType: null, value: null, text: 'Look!' }),
      anAnnotation('6', { traceId: traceId(9) }),
    ]);
    expect((await ask('s')).data).toMatchObject([
      {
        commentCount: 1,
        scores: [
          { name: 'helpful', dataType: 'BOOLEAN', value: 0.5, stringValue: null, count: 2 },
          { name: 'tone', dataType: 'CATEGORICAL', value: null, stringValue: 'kind', count: 2 },
        ],
      },
    ]);
  });

  it('is refused for more sessions than an address should name, with what to do', async () => {
    const { status, message } = await (await open()).ask(...Array.from({ length: 26 }, (_, n) => String(n)));
    expect([status, message]).toEqual([400, 'sessionId takes 25 ids, got 26; ask for the rest in another request.']);
  });
});
