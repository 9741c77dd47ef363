import { expect, it } from 'vitest';
import { memoryStore } from '../store/memory.js';
import { anObservation, traceId } from '../store/testing.js';
import { signedIn } from '../testing/signed-in.js';
import { createTracePage } from './trace-page.js';

const ID = traceId(1);

async function open(path: string, sessionId?: string): Promise<Response> {
  const store = memoryStore();
  const trace = sessionId === undefined ? {} : { sessionId };
  await store.write('default', [anObservation({ traceId: ID, trace })]);
  return signedIn(createTracePage(store)).request(path);
}

it.each([
  ['chat 1', '', `/sessions/chat%201?trace=${ID}`],
  ['a/b', '', `/session?id=a%2Fb&trace=${ID}`],
  ['s', '?observation=b7ad6b7169203331', `/sessions/s?trace=${ID}&observation=b7ad6b7169203331`],
])('the address of a trace leads to its place in the session %j', async (sessionId, query, location) => {
  const response = await open(`/traces/${ID}${query}`, sessionId);
  expect([response.status, response.headers.get('location')]).toEqual([302, location]);
});

it('says so where there is no such trace yet, and where it has no session', async () => {
  const [unknown, alone] = [await open(`/traces/${traceId(2)}`, 's'), await open(`/traces/${ID}`)];
  expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining('There is no trace')]);
  expect([alone.status, await alone.text()]).toEqual([404, expect.stringContaining('belongs to no session')]);
});
