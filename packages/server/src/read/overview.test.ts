import type { Overview } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory.js';
import { anObservation, traceId } from '../store/testing.js';
import { signedIn } from '../testing/signed-in.js';
import { createReadApi } from './index.js';
import { overviewOf } from './overview-figures.js';

const EVENING = Date.UTC(2026, 0, 1, 23, 30);

/** Three sessions: ann's of two traces with both models, bob's with an error on the same evening, and ann's of the day after. */
async function open() {
  const store = memoryStore();
  const one = (
    n: number,
    model: string,
    sessionId: string,
    userId: string,
    at: number,
    seconds: number,
    level: 'DEFAULT' | 'ERROR',
  ) =>
    anObservation({
      ...{ traceId: traceId(n), type: 'generation', model, level, startMs: at, endMs: at + seconds * 1_000 },
      ...{ usage: { total: 10 }, cost: { total: 0.5 } },
      trace: { sessionId, userId, environment: 'prod', tags: ['beta'] },
    });
  await store.write('default', [
    one(1, 'small', 's1', 'ann', EVENING, 1, 'DEFAULT'),
    one(2, 'large', 's1', 'ann', EVENING + 60_000, 9, 'DEFAULT'),
    one(3, 'small', 's2', 'bob', EVENING, 2, 'ERROR'),
    one(4, 'small', 's3', 'ann', EVENING + 3_600_000, 3, 'DEFAULT'),
  ]);
  const api = signedIn(createReadApi({ reader: store }));
  return async (query = '') => {
    const response = await api.request(`/api/v1/overview?${query}`);
    return { status: response.status, body: (await response.json()) as Overview & { message?: string } };
  };
}

describe('the overview', () => {
  it('adds up sessions, users, errors, cost, tokens and latency', async () => {
    const { body } = await (await open())();
    expect(body.total).toEqual({
      ...{ sessionCount: 3, userCount: 2, failedSessionCount: 1, errorCount: 1, totalTokens: 40, totalCost: 2 },
      ...{ latencyP50Ms: 2_000, latencyP95Ms: 9_000 },
    });
    expect(body).toMatchObject({ isExact: true, measuredTraceCount: 4 });
  });

  it('counts a session with two models under both, and its users once', async () => {
    const { body } = await (await open())();
    expect(body.models.map(({ value, sessionCount, userCount }) => [value, sessionCount, userCount])).toEqual([
      ['small', 3, 2],
      ['large', 1, 1],
    ]);
    expect(body.environments).toMatchObject([{ value: 'prod', sessionCount: 3 }]);
    expect(body.tags).toMatchObject([{ value: 'beta', sessionCount: 3, totalCost: 2 }]);
  });

  it('has the days of the zone that is asked for', async () => {
    const ask = await open();
    const days = async (query: string) =>
      (await ask(query)).body.days.map(({ value, sessionCount }) => [value, sessionCount]);
    expect(await days('')).toEqual([
      ['2026-01-01', 2],
      ['2026-01-02', 1],
    ]);
    expect(await days('timeZone=Europe/Berlin')).toEqual([['2026-01-02', 3]]);
  });

  it('is of the sessions that a list with the same filter shows', async () => {
    const { body } = await (await open())('hasErrors=true');
    expect(body.total).toMatchObject({ sessionCount: 1, latencyP50Ms: 2_000 });
    expect(body.models.map(({ value }) => value)).toEqual(['small']);
  });

  it('is empty where nothing matches', async () => {
    const { body } = await (await open())('userId=zoe');
    expect(body.total).toMatchObject({ sessionCount: 0, totalCost: null, latencyP50Ms: null });
    expect(body.days).toEqual([]);
  });

  it('says which zone it does not know', async () => {
    expect(await (await open())('timeZone=Mars/Base')).toEqual({
      status: 400,
      body: { message: 'timeZone must be a zone of the IANA database such as Europe/Berlin, got "Mars/Base".' },
    });
  });
});

describe('percentiles', () => {
  it('are times that were measured', () => {
    const session = { id: 's', userIds: [], models: [], tags: [], environment: null, startMs: 0, errorCount: 0 };
    const all = {
      ...session,
      revision: 0,
      name: null,
      lastAnswer: null,
      turnCount: 0,
      services: [],
      traceCount: 0,
      costEstimated: false,
    };
    const summary = {
      ...all,
      observationCount: 0,
      inputTokens: 0,
      outputTokens: 0,
      totalTokens: 0,
      totalCost: null,
      lastActivityMs: 0,
    };
    const traces = Array.from({ length: 100 }, (_, n) => ({ sessionId: 's', startMs: 0, endMs: n + 1 }));
    const { total } = overviewOf([summary], traces, () => 'day');
    expect([total.latencyP50Ms, total.latencyP95Ms]).toEqual([50, 95]);
  });
});
