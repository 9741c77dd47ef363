import { API_SESSION, SESSION_CHANGES, SESSION_PAGE, SESSION_REPLAY } from '@powerrag/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Changes } from '../live/changes.js';
import { memoryStore } from '../store/memory.js';
import { anObservation, traceId } from '../store/testing.js';
import { signedIn } from '../testing/signed-in.js';
import { createReadApi } from './index.js';

const IDS = [
  ...['chat:42', 'user@example.com', '+49123', '2026/11/28', 'a&b=c;d', 'what?#why', 'x,y$z', 'Ünï/cødé:✓'],
  ...['../../etc', '.', '..', '...', './a', 'a/..', '/', '//', 'a//b', 'a/', '/a', '\\', 'C:\\temp', '%', '%zz', '%41'],
  ...[
    '%2F',
    '%252F',
    '%2e%2e',
    '100 %',
    ' a ',
    ' ',
    '\n',
    'a\r\nb',
    '\u0000',
    '"\'`',
    '<b>',
    '🦜🔗',
    'שלום',
    'e\u0301',
  ],
  ...[
    'replay',
    'a/replay',
    'changes',
    '*',
    ':id',
    '{id}',
    '(x)',
    '[x]',
    '|',
    '^',
    '__proto__',
    'null',
    'x'.repeat(4_000),
  ],
];

function open(sessionId: string) {
  const store = memoryStore();
  const changes = new Changes();
  onTestFinished(() => changes.close());
  const api = signedIn(createReadApi({ reader: store, changes }));
  const written = store.write('default', [anObservation({ traceId: traceId(1), trace: { sessionId } })]);
  return async (path: string) => {
    await written;
    return api.request(`http://127.0.0.1:4318${path}`);
  };
}

/** How Python's `urllib.parse.quote` encodes with its default: it leaves `/` as it is. */
const quoteAsPython = (text: string) => encodeURIComponent(text).replaceAll('%2F', '/');

describe.each(IDS)('the session %j', (id) => {
  it('is replayed and followed at the addresses that the page uses', async () => {
    const get = open(id);
    const replay = await get(SESSION_REPLAY.of(id));
    expect(replay.status).toBe(200);
    expect(await replay.json()).toMatchObject({ session: { id } });
    const followed = await get(SESSION_CHANGES.of(id));
    expect(followed.status).toBe(200);
    await followed.body?.cancel();
  });

  it('is found by `?id=`, with any characters', async () => {
    const get = open(id);
    expect((await get(`/api/v1/session/replay?id=${encodeURIComponent(id)}`)).status).toBe(200);
    const answer = await get(`/api/public/session?id=${encodeURIComponent(id)}`);
    expect(await answer.json()).toMatchObject({ id, traces: [{ sessionId: id }] });
    expect(await (await get(API_SESSION.of(id))).json()).toMatchObject({ id, traceCount: 1 });
  });

  it('has a page that its traces name', async () => {
    const answer = await open(id)(`/api/public/traces/${traceId(1)}`);
    expect(await answer.json()).toMatchObject({ htmlPath: SESSION_PAGE.of(id, { trace: traceId(1) }) });
  });
});

/** No client can send a dot segment in a path, and a slash at the end may have been added. */
const IN_A_PATH = IDS.filter((id) => !/(^|\/)\.{1,2}(\/|$)|\/$/.test(id));

describe.each(IN_A_PATH)('the session %j in a path', (id) => {
  it.each([
    ['encodeURIComponent', encodeURIComponent],
    ["Python's quote", quoteAsPython],
  ])('is found by a client that encodes with %s', async (_name, encode) => {
    const get = open(id);
    expect(await (await get(`/api/public/sessions/${encode(id)}`)).json()).toMatchObject({ id });
    expect(await (await get(`/api/v1/sessions/${encode(id)}/replay`)).json()).toMatchObject({ session: { id } });
  });
});

describe('a request without a session id', () => {
  it.each(['/api/v1/session', '/api/v1/session/replay', '/api/v1/session/changes', '/api/public/session'])(
    '%s is told how',
    async (path) => {
      const answer = await open('a')(path);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toEqual({
        message: 'id is missing: name the session with `?id=` and its percent-encoded id.',
      });
    },
  );
});
