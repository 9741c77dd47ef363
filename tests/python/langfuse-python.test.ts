import { join } from 'node:path';
import type { ReplayDocument } from '@powerrag/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd } from '../support/child-process.js';
import { getJson } from '../support/http.js';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { pythonWithLangfuse } from './python.js';

interface ApiObservation {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly model: string | null;
  readonly parentObservationId: string | null;
}

interface ApiTrace {
  readonly id: string;
  readonly name: string;
  readonly sessionId: string | null;
}

let python: string;
let server: ServerProcess;

beforeAll(async () => {
  python = await pythonWithLangfuse();
  server = await startServer();
});

afterAll(() => server?.stop());

/** Runs a program of this folder against the server. What it prints to stderr is part of a failure's message. */
async function runPython(...args: string[]): Promise<string> {
  const exit = await runToEnd(python, args, {
    cwd: import.meta.dirname,
    env: { LANGFUSE_BASE_URL: server.url, LANGFUSE_PUBLIC_KEY: 'pk-lf-local', LANGFUSE_SECRET_KEY: 'sk-lf-local' },
  });
  if (exit.code !== 0) throw new Error(`${args.join(' ')} ended with ${exit.signal ?? exit.code}: ${exit.stderr}`);
  return exit.stdout;
}

const runSnippet = (name: string) => runPython('run_snippet.py', join('snippets', name));

async function tracesOf(sessionId: string): Promise<readonly ApiTrace[]> {
  const page = await getJson<{ data: ApiTrace[] }>(`${server.url}/api/public/traces?sessionId=${sessionId}`);
  return page.data;
}

async function observationsOf(traceId: string): Promise<readonly ApiObservation[]> {
  const trace = await getJson<{ observations: ApiObservation[] }>(`${server.url}/api/public/traces/${traceId}`);
  return trace.observations;
}

const replayOf = (sessionId: string) =>
  getJson<ReplayDocument>(`${server.url}/api/v1/sessions/${encodeURIComponent(sessionId)}/replay`);

describe('the documented Python snippets, run by the unmodified langfuse SDK', () => {
  it('an @observe()d function lands in the session that it sets from inside', async () => {
    await runSnippet('observe_decorator.py');

    const replay = await replayOf('your-session-id');
    expect(replay.traces).toMatchObject([{ name: 'process_request' }]);
    expect(replay.observations).toMatchObject([{ name: 'process_request', type: 'span', parentId: null }]);
  });

  it('a span made directly brings its generation into the session', async () => {
    await runSnippet('create_span_directly.py');

    const replay = await replayOf('chat-session-123');
    expect(replay.session).toMatchObject({ id: 'chat-session-123', traceCount: 1, observationCount: 2 });
    expect(replay.observations).toMatchObject([
      { name: 'process-chat-message', type: 'span', depth: 0 },
      { name: 'generate-response', type: 'generation', model: 'gpt-4o', depth: 1 },
    ]);
  });

  it('a session set without a reference to the span also groups the traces that existed before', async () => {
    await runSnippet('update_without_span_reference.py');

    const replay = await replayOf('your-session-id');
    expect(replay.traces.map((one) => one.name)).toEqual(['process_request', 'another-operation']);
    expect(replay.observations).toHaveLength(2);
  });

  it('are found by their session through the Langfuse-compatible API, with name, type and model', async () => {
    const joined = await tracesOf('your-session-id');
    expect(joined.map((one) => one.name).toSorted()).toEqual(['another-operation', 'process_request']);

    const traces = await tracesOf('chat-session-123');
    expect(traces).toMatchObject([{ name: 'process-chat-message', sessionId: 'chat-session-123' }]);
    const observations = await observationsOf(traces[0]?.id ?? '');
    const root = observations.find((one) => one.parentObservationId === null);
    expect(observations).toHaveLength(2);
    expect(root).toMatchObject({ name: 'process-chat-message', type: 'SPAN' });
    expect(observations.find((one) => one !== root)).toMatchObject({
      name: 'generate-response',
      type: 'GENERATION',
      model: 'gpt-4o',
      parentObservationId: root?.id,
    });
  });
});

describe('the langfuse Python API client', () => {
  it('checks its keys, reads back session, traces, observations and scores as they were traced, and deletes them', async () => {
    const read = JSON.parse(await runPython(join('programs', 'trace_and_read_back.py')));

    expect(read.authenticated).toBe(true);
    expect(read.session).toMatchObject({ id: 'python-session', traces: [{ id: read.traceId }] });
    expect(read.sessions.data.map((one: { id: string }) => one.id)).toContain('python-session');
    expect(read.traces).toMatchObject({ data: [{ id: read.traceId, name: 'chat-turn' }], meta: { totalItems: 1 } });
    expect(read.trace).toMatchObject({
      id: read.traceId,
      name: 'chat-turn',
      sessionId: 'python-session',
      userId: 'ada',
      tags: ['docs', 'python'],
      metadata: { plan: 'free' },
    });
    expect(read.trace.observations).toHaveLength(3);
    expect(read.generations.data).toMatchObject([
      {
        name: 'answer',
        type: 'GENERATION',
        model: 'gpt-4o',
        modelParameters: { temperature: 0.2 },
        input: [{ role: 'user', content: 'Why?' }],
        output: 'Because.',
        usageDetails: { input: 7, output: 2 },
      },
    ]);
    expect(read.tools.data).toMatchObject([
      {
        name: 'search',
        type: 'TOOL',
        input: { query: 'why' },
        output: ['a document'],
        level: 'WARNING',
        statusMessage: 'only one hit',
      },
    ]);
    expect(read.filteredTraces).toMatchObject({ data: [{ id: read.traceId }], meta: { totalItems: 1 } });
    expect(read.warnings).toMatchObject({ data: [{ name: 'search' }], meta: { totalItems: 1 } });
    expect(read.observation).toMatchObject({ id: read.trace.observations[0].id, traceId: read.traceId });
    expect(read.observationsV2.map((one: { name: string }) => one.name).toSorted()).toEqual([
      ...['answer', 'chat-turn', 'search'],
    ]);
    expect(read.observationsV2).toContainEqual(
      expect.objectContaining({
        name: 'answer',
        output: 'Because.',
        usageDetails: expect.objectContaining({ input: 7 }),
      }),
    );
    expect(read.scores.data).toMatchObject([{ id: 'python-score', name: 'helpful', value: 0.5 }]);
    expect(read.scoresAfter.data).toEqual([]);
    expect([read.deleted, read.deletedAgain]).toEqual([
      { message: 'Trace deleted successfully' },
      { message: 'Traces deleted successfully' },
    ]);
    expect(read.tracesAfter.data).toEqual([]);
  });
});
