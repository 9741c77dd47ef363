import type { ReplayDocument } from '@powerrag/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd } from '../../support/child-process.js';
import { getJson } from '../../support/http.js';
import { type ServerProcess, startServer } from '../../support/server-process.js';
import { pythonWith } from '../python.js';

let python: string;
let server: ServerProcess;
beforeAll(async () => {
  python = await pythonWith('langfuse-2/requirements.txt');
  server = await startServer();
});
afterAll(() => server?.stop());

describe('the Langfuse SDK for Python, version 2', () => {
  it('records turns in their session, by the client and by the decorator', async () => {
    const { code, stderr } = await runToEnd(python, ['record_turns.py'], {
      cwd: import.meta.dirname,
      env: { LANGFUSE_HOST: server.url, LANGFUSE_PUBLIC_KEY: 'pk-lf-local', LANGFUSE_SECRET_KEY: 'sk-lf-local' },
    });
    expect([code, stderr]).toEqual([0, '']);
    const { session, turns } = await getJson<ReplayDocument>(`${server.url}/api/v1/sessions/python-2/replay`);
    expect(session).toMatchObject({ userIds: ['user-7'], tags: ['alpha'], traceCount: 2, totalTokens: 120 });
    expect(turns.map(({ messages }) => messages.flatMap(({ parts }) => parts))).toEqual([
      [
        { type: 'text', text: 'Where?' },
        { type: 'text', text: 'Here.' },
      ],
      [
        { type: 'text', text: 'And then?' },
        { type: 'text', text: 'There.' },
      ],
    ]);
  });
});
