import { describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory.js';
import { anObservation, aScore, traceId } from '../store/testing.js';
import { signedIn } from '../testing/signed-in.js';
import { createReadApi } from './index.js';

/** Two sessions: `cheap`, then `dear`, which is later and has an error. */
async function open() {
  const store = memoryStore();
  await store.write('default', [
    anObservation({
      ...{ traceId: traceId(1), type: 'generation', model: 'small', service: 'chat' },
      ...{ startMs: Date.UTC(2026, 0, 1), endMs: Date.UTC(2026, 0, 1, 1), usage: { total: 9 }, cost: { total: 0.01 } },
      trace: { sessionId: 'cheap', userId: 'ann', release: 'r1', metadata: { plan: 'free' } },
    }),
    anObservation({
      ...{ traceId: traceId(2), type: 'generation', model: 'large', service: 'chat', level: 'ERROR' },
      ...{ startMs: Date.UTC(2026, 0, 2), endMs: Date.UTC(2026, 0, 2, 2), usage: { total: 5 }, cost: { total: 2 } },
      trace: { sessionId: 'dear', userId: 'bob', release: 'r2', metadata: { plan: 'pro' } },
    }),
  ]);
  await store.writeAnnotations('default', [
    aScore('on the session', { sessionId: 'dear', traceId: null }),
    aScore('on a trace', { traceId: traceId(2) }),
    aScore('on a trace', { traceId: traceId(2), kind: 'comment' }),
  ]);
  const api = signedIn(createReadApi({ reader: store, annotations: store }));
  return async (path: string) => {
    const response = await api.request(path);
    return { status: response.status, body: (await response.json()) as { data?: { id: string }[]; message?: string } };
  };
}

describe('the list of sessions', () => {
  it.each([
    ['userId=ann&userId=zoe', ['cheap']],
    ['release=r2', ['dear']],
    ['model=small&service=chat', ['cheap']],
    ['metadata=plan%3Dpro', ['dear']],
    ['hasErrors=true', ['dear']],
    ['hasErrors=false', ['cheap']],
    ['minCost=1', ['dear']],
    ['maxCost=1', ['cheap']],
    ['minDuration=7200000', ['dear']],
    ['minTokens=6&maxTokens=9', ['cheap']],
    ['minErrors=1', ['dear']],
    ['maxTurns=0', ['dear', 'cheap']],
    ['activeFrom=2026-01-02T00:00:00Z', ['dear']],
    ['startedTo=2026-01-02T00:00:00Z', ['cheap']],
    ['score=helpful', ['dear']],
    ['sort=tokens', ['cheap', 'dear']],
    ['sort=cost&order=asc', ['cheap', 'dear']],
    ['sort=cost&order=desc', ['dear', 'cheap']],
  ])('narrowed and ordered by %s is %j', async (query, ids) => {
    const { body } = await (await open())(`/api/v1/sessions?${query}`);
    expect(body.data?.map(({ id }) => id)).toEqual(ids);
  });

  it.each([
    ['minCost=much', 'minCost must be a number such as 0.5, got "much".'],
    ['hasErrors=1', 'hasErrors must be true or false, got "1".'],
    ['metadata=plan', 'metadata must be a key, "=" and a value, such as plan=pro; got "plan".'],
    ['score=%3D1', 'score must be a name, a name and a value or a name and a range, such as helpful=0.5..1; got "=1".'],
    ['sort=size', 'sort must be one of lastActivity, start, duration, cost, tokens, errors, turns, got "size".'],
    ['activeFrom=soon', 'activeFrom must be an ISO 8601 time such as 2026-01-31T12:00:00Z, got "soon".'],
  ])('refuses %s, and says what is wrong with it', async (query, message) => {
    for (const path of ['sessions', 'sessions/cheap/neighbours']) {
      expect(await (await open())(`/api/v1/${path}?${query}`)).toEqual({ status: 400, body: { message } });
    }
  });

  it('says how many sessions match', async () => {
    const { body } = await (await open())('/api/v1/session-count?userId=ann');
    expect(body).toEqual({ count: 1, isExact: true });
  });

  it('says what it can be narrowed to', async () => {
    const { body } = await (await open())('/api/v1/session-facets?facets=model,metadata&minCost=1');
    expect(body).toEqual({
      model: { values: [{ value: 'large', count: 1 }], isExact: true },
      metadata: { values: [{ value: 'plan=pro', count: 1 }], isExact: true },
    });
  });

  it('has the row of each of its sessions at an address of its own, with the number of its scores', async () => {
    const get = await open();
    const { body } = await get('/api/v1/sessions?userId=bob');
    const row = { ...body.data?.[0], scoreCount: 2 };
    expect(row).toMatchObject({ id: 'dear', models: ['large'], totalCost: 2, revision: expect.any(Number) });
    expect(await get('/api/v1/sessions/dear')).toEqual({ status: 200, body: row });
    expect(await get('/api/v1/session?id=dear')).toEqual({ status: 200, body: row });
    for (const path of ['sessions/nobody', 'session?id=nobody']) {
      expect(await get(`/api/v1/${path}`)).toEqual({ status: 404, body: { message: 'There is no session "nobody".' } });
    }
  });

  it('says which sessions are beside one in it', async () => {
    const get = await open();
    expect((await get('/api/v1/sessions/dear/neighbours')).body).toEqual({ previous: null, next: 'cheap' });
    expect((await get('/api/v1/session/neighbours?id=dear&order=asc')).body).toEqual({ previous: 'cheap', next: null });
    expect(await get('/api/v1/sessions/nobody/neighbours')).toEqual({
      status: 404,
      body: { message: 'There is no session "nobody".' },
    });
  });
});
