import type { SessionExport } from '@powerrag/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory.js';
import { anObservation, spanId, traceId } from '../store/testing.js';
import { signedIn } from '../testing/signed-in.js';
import { createReadApi } from './index.js';

let store: ReturnType<typeof memoryStore>;

beforeEach(() => {
  store = memoryStore();
});

const request = (path: string) => signedIn(createReadApi({ reader: store })).request(path);

async function exported(sessionId: string): Promise<SessionExport> {
  const response = await request(`/api/v1/session/export?id=${encodeURIComponent(sessionId)}`);
  expect(response.status).toBe(200);
  return JSON.parse(await response.text());
}

describe('an export', () => {
  it('has every observation with its bodies, in the order of the replay, however many there are', async () => {
    const count = 250;
    const numbers = Array.from({ length: count }, (_, number) => number + 1);
    await store.write(
      'default',
      numbers.map((number) =>
        anObservation({
          traceId: traceId(1),
          id: spanId(number),
          startMs: 1_000 + ((number * 37) % count),
          body: { input: `in ${number}`, output: `out ${number}` },
          trace: { sessionId: 's' },
        }),
      ),
    );
    const { replay, observations, ...head } = await exported('s');
    expect(head).toEqual({ format: 'powerrag.session', version: 1, exportedAtMs: expect.any(Number) });
    expect(observations.map(({ id }) => id)).toEqual(replay.observations.map(({ id }) => id));
    expect(observations).toHaveLength(count);
    for (const { id, input, output } of observations) {
      const number = Number.parseInt(id, 16);
      expect([input, output]).toEqual([`in ${number}`, `out ${number}`]);
    }
  });

  it('cuts no text', async () => {
    const long = 'word '.repeat(100_000).trim();
    await store.write('default', [
      anObservation({
        type: 'agent',
        level: 'ERROR',
        statusMessage: long,
        body: { input: long, output: long },
        trace: { sessionId: 's', metadata: { note: long } },
      }),
    ]);
    const { replay, observations } = await exported('s');
    expect(replay.traces[0]).toMatchObject({ metadata: { note: long } });
    expect(replay.traces[0]).not.toHaveProperty('cutMetadata');
    expect(replay.observations[0]?.statusMessage).toBe(long);
    expect(observations[0]?.input).toBe(long);
    expect(replay.turns[0]?.messages.map(({ parts }) => parts[0])).toEqual([
      { type: 'text', text: long },
      { type: 'text', text: long },
    ]);
  });

  it.each([
    ['chat:42', 'session-chat-42.json'],
    ['2026/11/28', 'session-2026-11-28.json'],
    ['../"\r\nx: y', 'session-x-y.json'],
    ['…', 'session-export.json'],
  ])('of the session %j is called %s', async (sessionId, name) => {
    await store.write('default', [anObservation({ trace: { sessionId } })]);
    const response = await request(`/api/v1/session/export?id=${encodeURIComponent(sessionId)}`);
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${name}"`);
    expect(await response.json()).toMatchObject({ replay: { session: { id: sessionId } } });
  });

  it('of an unknown session is a 404 with a message', async () => {
    const response = await request('/api/v1/sessions/nope/export');
    expect([response.status, await response.json()]).toEqual([404, { message: 'There is no session "nope".' }]);
  });
});
