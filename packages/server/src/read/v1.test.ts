import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory.js';
import { anObservation, spanId, traceId } from '../store/testing.js';
import { signedIn } from '../testing/signed-in.js';
import { createReadApi } from './index.js';

let store: ReturnType<typeof memoryStore>;

beforeEach(() => {
  store = memoryStore();
});

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const response = await signedIn(createReadApi({ reader: store })).request(path);
  return { status: response.status, body: await response.json() };
}

describe('the sessions list', () => {
  it('comes in pages, latest activity first, each naming the next', async () => {
    for (const number of [1, 2, 3]) {
      const trace = { sessionId: `s${number}` };
      await store.write('default', [
        anObservation({ traceId: traceId(number), startMs: number, endMs: number, trace }),
      ]);
    }
    const first = (await get('/api/v1/sessions?limit=2')).body;
    expect(first).toMatchObject({ data: [{ id: 's3' }, { id: 's2' }] });
    const { nextCursor } = first as { nextCursor: string };
    const second = (await get(`/api/v1/sessions?limit=2&cursor=${encodeURIComponent(nextCursor)}`)).body;
    expect(second).toMatchObject({ data: [{ id: 's1' }], nextCursor: null });
  });

  it.each(['prod,eu', ' a ', '%41', 'a+b', 'x&y=z#'])(
    'is filtered by the environment and by the user %j',
    async (name) => {
      const trace = { sessionId: 'wanted', environment: name, userId: name };
      await store.write('default', [
        anObservation({ traceId: traceId(1), trace }),
        anObservation({ traceId: traceId(2), trace: { sessionId: 'other', environment: 'prod', userId: 'ada' } }),
      ]);
      for (const field of ['environment', 'userId']) {
        const { body } = await get(`/api/v1/sessions?${field}=${encodeURIComponent(name)}`);
        expect(body).toMatchObject({ data: [{ id: 'wanted' }] });
      }
    },
  );

  it('is filtered by tags: a session has all of them, on whichever of its traces', async () => {
    const tagged = (number: number, sessionId: string, tags: string[]) =>
      anObservation({ traceId: traceId(number), trace: { sessionId, tags } });
    await store.write('default', [tagged(1, 'a', ['x, y']), tagged(2, 'a', ['z']), tagged(3, 'b', ['z'])]);
    expect((await get('/api/v1/sessions?tag=x%2C%20y')).body).toMatchObject({ data: [{ id: 'a' }] });
    expect((await get('/api/v1/sessions?tag=z&tag=x%2C%20y')).body).toMatchObject({ data: [{ id: 'a' }] });
    expect((await get('/api/v1/sessions?tag=x')).body).toMatchObject({ data: [] });
  });

  it('finds a session by a conversation id of its traces', async () => {
    const trace = { sessionId: 'chat-1', conversationIds: ['made up'] };
    await store.write('default', [anObservation({ trace })]);
    expect((await get('/api/v1/sessions?conversationId=made%20up')).body).toMatchObject({ data: [{ id: 'chat-1' }] });
    expect((await get('/api/v1/sessions?conversationId=chat-1')).body).toMatchObject({ data: [] });
    expect((await get('/api/v1/sessions/chat-1/replay')).body).toMatchObject({
      traces: [{ conversationIds: ['made up'] }],
    });
  });

  it('refuses a limit that it cannot serve', async () => {
    expect(await get('/api/v1/sessions?limit=0')).toEqual({
      status: 400,
      body: { message: 'limit must be a whole number from 1 to 100, got "0".' },
    });
  });
});

describe('a replay', () => {
  it('is found under an id with any characters', async () => {
    const sessionId = 'a/b c?%ü';
    await store.write('default', [anObservation({ trace: { sessionId } })]);
    const { status, body } = await get(`/api/v1/sessions/${encodeURIComponent(sessionId)}/replay`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ session: { id: sessionId }, observations: [{ name: 'work' }] });
  });

  it('of an unknown session is a 404 with a message', async () => {
    expect(await get('/api/v1/sessions/nope/replay')).toEqual({
      status: 404,
      body: { message: 'There is no session "nope".' },
    });
  });
});

describe('an observation', () => {
  it('comes with its bodies, parsed as JSON and as messages where they are', async () => {
    await store.write('default', [
      anObservation({
        traceId: traceId(1),
        id: spanId(1),
        type: 'generation',
        usage: { input: 3, output: 2, total: 5 },
        cost: { input: 1, output: 2, total: 3 },
        body: { input: '[{"role":"user","content":"Hi"}]', output: 'Hello', metadata: { plan: '{"steps":2}' } },
        trace: { sessionId: 's' },
      }),
    ]);
    expect((await get(`/api/v1/traces/${traceId(1)}/observations/${spanId(1)}`)).body).toMatchObject({
      sessionId: 's',
      input: [{ role: 'user', content: 'Hi' }],
      inputMessages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
      output: 'Hello',
      metadata: { plan: { steps: 2 } },
      usage: { input: 3, output: 2, total: 5 },
      cost: 3,
      costDetails: { input: 1, output: 2 },
    });
  });

  it('comes with what its error says in words, and its error as it was sent', async () => {
    const statusMessage = "Error code: 400 - {'error': {'message': 'The model exploded', 'param': None}}";
    await store.write('default', [anObservation({ level: 'ERROR', statusMessage, trace: { sessionId: 's' } })]);
    const { body } = await get(`/api/v1/traces/${'a'.repeat(32)}/observations/${'b'.repeat(16)}`);
    expect(body).toMatchObject({ statusMessage, statusReason: 'Error code: 400 - The model exploded' });
  });

  it('that does not exist is a 404 with a message', async () => {
    const { status, body } = await get(`/api/v1/traces/${traceId(1)}/observations/${spanId(1)}`);
    expect(status).toBe(404);
    expect(body).toEqual({ message: `There is no observation "${spanId(1)}" in trace "${traceId(1)}".` });
  });
});
