import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { anObservation, traceId } from '../testing.js';
import { anyDriver } from './driver.js';
import { sqliteStore } from './index.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A file with a session from each of these ends of a trace, written in this order, as releases without a bound stored it. */
async function fileWith(endsMs: Record<string, number>): Promise<string> {
  const path = join(temporaryFolder(), 'traces.db');
  const store = sqliteStore(path);
  for (const [index, [sessionId, endMs]] of Object.entries(endsMs).entries()) {
    await store.write('p', [
      anObservation({ traceId: traceId(index + 1), startMs: endMs - 10, endMs, trace: { sessionId } }),
    ]);
  }
  await store.close();
  const database = anyDriver()(path);
  const set = database.prepare('UPDATE sessions SET start_ms = ?, last_ms = ? WHERE session_id = ?');
  for (const [sessionId, endMs] of Object.entries(endsMs)) set.run(endMs - 10, endMs, sessionId);
  database.close();
  return path;
}

it('lists a session of an older file that is dated tomorrow by when it was stored, once the server has started', async () => {
  const tomorrow = Date.now() + DAY_MS;
  const path = await fileWith({ early: 1_000, wrong: tomorrow, late: 3_000, 'also wrong': 20 * tomorrow });
  const store = sqliteStore(path);
  const { sessions } = await store.listSessions('p', { limit: 10 });
  expect(sessions.map(({ id, startMs, lastActivityMs }) => [id, startMs, lastActivityMs])).toEqual([
    ['late', 2_990, 3_000],
    ['also wrong', 3_000, 3_000],
    ['wrong', 1_000, 1_000],
    ['early', 990, 1_000],
  ]);
  const [trace] = (await store.listTraces('p', { sessionId: 'wrong' })).traces;
  expect(trace).toMatchObject({ endMs: tomorrow });
  await store.close();
});

it('puts no session of an older file into the future where all are dated there', async () => {
  const path = await fileWith({ only: Date.now() + DAY_MS });
  const store = sqliteStore(path);
  const { sessions } = await store.listSessions('p', { limit: 10 });
  expect(sessions[0]?.lastActivityMs).toBeLessThanOrEqual(Date.now());
  await store.close();
});
