import type { ReplayDocument } from '@powerrag/protocol';
import { expect } from 'vitest';
import { createApp } from '../http/app.js';
import { encodeJson } from '../ingest/testing.js';
import { normalise } from '../normalise/index.js';
import { DEFAULT_LIMITS } from '../otlp/limits.js';
import { memoryStore } from '../store/memory.js';
import { quietLog } from '../testing/quiet-log.js';

export const SESSION = '6f0d1c1e-6a55-4d7e-9a0f-0d1e2f3a4b5c';

/** A server in memory, what is posted to it, and what it shows of a session. */
export function anApp({ canDelete = true } = {}) {
  const { deleteTraces, ...store } = memoryStore();
  const app = createApp({
    ...{ writer: store, pieces: store, logEvents: store, annotations: store, media: store, reader: store, normalise },
    ...{ limits: DEFAULT_LIMITS, log: quietLog, keys: null, page: null, version: '0' },
    ...(canDelete && { agentSessions: { ...store, deleteTraces } }),
  });
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    expect((await app.request(path, { method: 'POST', body: encodeJson(body), headers })).status).toBe(200);
  };
  const json = async <T>(path: string) => (await (await app.request(path)).json()) as T;
  const replay = async (sessionId = SESSION) => {
    const { observations, session, turns, traces } = await json<ReplayDocument>(`/api/v1/sessions/${sessionId}/replay`);
    const said = (turns ?? []).map(({ messages }) =>
      messages.map(
        ({ role, parts }) => `${role}: ${parts.map((part) => (part.type === 'text' ? part.text : part.type))}`,
      ),
    );
    return { observations, session, traces, said, turns: turns ?? [] };
  };
  return { post, json, replay };
}
