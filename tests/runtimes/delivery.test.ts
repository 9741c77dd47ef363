import { join } from 'node:path';
import type { ReplayDocument } from '@powerrag/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { getJson } from '../support/http.js';
import { startServer } from '../support/server-process.js';
import { RUNTIMES, type Runtime } from './runtimes.js';

type Start = NonNullable<Runtime['start']>;

/** The runtimes that are programs. */
const PROGRAMS = RUNTIMES.flatMap(({ name, start }) => (start ? [[name, start] as const] : []));

const CONVERSATION = [
  { name: 'chat', depth: 0 },
  { name: 'answer', depth: 1 },
  { name: 'search', depth: 2 },
];

/** Runs a program with its own server. What it wrote to stderr, and what is stored of its session afterwards. */
async function deliver(program: string, start: Start) {
  const server = await startServer();
  onTestFinished(() => server.stop());
  const env = { POWERRAG_BASE_URL: server.url };
  const stderr = await start(join(import.meta.dirname, 'programs', program), env);
  return {
    stderr,
    stored: () => getJson<ReplayDocument>(`${server.url}/api/v1/sessions/conversation/replay`),
  };
}

describe('a whole session arrives', () => {
  it.each(PROGRAMS)('from %s through @powerrag/exporter/register, when the program just ends', async (_name, start) => {
    const { stderr, stored } = await deliver('deliver-by-register.mjs', start);
    expect(stderr).toBe('');
    expect((await stored()).observations).toMatchObject(CONVERSATION);
  });

  it.each(PROGRAMS)('from %s through OpenTelemetry’s own OTLP exporter', async (_name, start) => {
    const { stored } = await deliver('deliver-by-otlp.mjs', start);
    expect((await stored()).observations).toMatchObject(CONVERSATION);
  });
});
