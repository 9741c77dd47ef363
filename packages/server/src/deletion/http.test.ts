import { describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../http/app.js';
import { createRoutes } from '../http/routes.js';
import { Changes } from '../live/changes.js';
import { normalise } from '../normalise/index.js';
import { DEFAULT_LIMITS } from '../otlp/limits.js';
import { memoryStore } from '../store/memory.js';
import { anObservation, spanId, traceId } from '../store/testing.js';
import { quietLog } from '../testing/quiet-log.js';
import { signedIn } from '../testing/signed-in.js';

function start({ canDelete = true } = {}) {
  const store = memoryStore();
  const changes = new Changes();
  const { deleteTraces, ...others } = store;
  const deps = {
    ...{ writer: store, pieces: store, logEvents: store, annotations: store, media: store, reader: others },
    ...{ normalise, limits: DEFAULT_LIMITS, log: quietLog, page: null, version: '1', changes },
    ...(canDelete && { deleteTraces }),
  };
  const app = createApp({ ...deps, keys: null });
  const write = (number: number, sessionId: string, userId = 'ann') =>
    store.write('default', [
      anObservation({ traceId: traceId(number), id: spanId(number), trace: { sessionId, userId } }),
    ]);
  const sessions = async () =>
    (await store.listSessions('default', { limit: 100 })).sessions.map(({ id }) => id).sort();
  const remove = async (path: string, init: RequestInit = {}) => {
    const response = await app.request(path, { method: 'DELETE', ...init });
    return { status: response.status, body: await response.json() };
  };
  return { deps, changes, write, sessions, remove };
}

describe('a DELETE request', () => {
  it('deletes a session, whatever its id', async () => {
    const { write, sessions, remove } = start();
    for (const [index, id] of ['plain', 'with/slash and 100%', '..'].entries()) await write(index + 1, id);
    expect(await remove('/api/v1/sessions/plain')).toEqual({ status: 200, body: { traceCount: 1 } });
    expect(await sessions()).toEqual(['..', 'with/slash and 100%']);
    expect((await remove('/api/v1/session?id=with%2Fslash%20and%20100%25')).status).toBe(200);
    expect((await remove('/api/v1/session?id=..')).status).toBe(200);
    expect(await sessions()).toEqual([]);
    expect(await remove('/api/v1/sessions/plain')).toEqual({
      status: 404,
      body: { message: 'There is no session "plain".' },
    });
    expect((await remove('/api/v1/session')).status).toBe(400);
  });

  it('deletes all of a user, and a trace', async () => {
    const { write, sessions, remove } = start();
    await write(1, 'of bob', 'bob@example.com');
    await write(2, 'of bob too', 'bob@example.com');
    await write(3, 'of ann');
    await write(4, 'of ann too');
    expect(await remove('/api/v1/users/bob%40example.com')).toEqual({ status: 200, body: { traceCount: 2 } });
    expect(await remove(`/api/v1/traces/${traceId(3)}`)).toEqual({ status: 200, body: { traceCount: 1 } });
    expect(await sessions()).toEqual(['of ann too']);
    expect((await remove('/api/v1/user?id=bob%40example.com')).status).toBe(404);
  });

  it('deletes traces under the paths of Langfuse', async () => {
    const { write, sessions, remove } = start();
    for (const number of [1, 2, 3, 4]) await write(number, `s${number}`);
    expect(await remove(`/api/public/traces/${traceId(1)}`)).toEqual({
      status: 200,
      body: { message: 'Trace deleted successfully' },
    });
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ traceIds: [traceId(2), traceId(3), traceId(9)] });
    expect((await remove('/api/public/traces', { headers, body })).status).toBe(200);
    expect(await sessions()).toEqual(['s4']);
    expect(await remove('/api/public/traces', { headers, body: '{}' })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('traceIds') },
    });
  });

  it('needs the right to delete', async () => {
    const { deps, write, sessions } = start();
    await write(1, 's');
    const routes = signedIn(createRoutes(deps).keyed, { projectId: 'default', rights: new Set(['read', 'write']) });
    expect((await routes.request('/api/v1/sessions/s', { method: 'DELETE' })).status).toBe(403);
    expect(await sessions()).toEqual(['s']);
  });

  it('tells those that follow the session', async () => {
    const { changes, write, remove } = start();
    await write(1, 's');
    const follower = await changes.follow('default', 's', async () => [traceId(1)]);
    onTestFinished(() => follower.stop());
    await remove('/api/v1/sessions/s');
    expect(await follower.next(1000)).toBe('changed');
  });

  it('is a 404 where the store cannot delete', async () => {
    const { write, remove } = start({ canDelete: false });
    await write(1, 's');
    expect((await remove('/api/v1/sessions/s')).status).toBe(404);
  });
});
