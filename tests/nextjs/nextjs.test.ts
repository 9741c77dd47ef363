import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ReceivedSpan } from '../e2e/otlp-spans.js';
import { startRecordingSink } from '../e2e/recording-sink.js';
import { startChild } from '../support/child-process.js';
import { waitFor } from '../support/wait-for.js';
import { builtNextApplication } from './application.js';

let folder: string;

beforeAll(async () => {
  folder = await builtNextApplication();
});

/** Serves the built application, with a sink for what it traces. */
async function serve() {
  const sink = await startRecordingSink();
  onTestFinished(() => sink.close());
  const args = [join(folder, 'node_modules/next/dist/bin/next'), 'start', '--port', '0', '--hostname', '127.0.0.1'];
  const server = startChild(process.execPath, args, {
    cwd: folder,
    env: { POWERRAG_BASE_URL: sink.url, NEXT_TELEMETRY_DISABLED: '1' },
  });
  onTestFinished(async () => {
    server.process.kill('SIGTERM');
    await server.ended;
  });
  const listening = /Local:\s+(http:\S+)[\s\S]*Ready/;
  await waitFor(() => listening.test(server.stdout()), { what: 'Next.js to be ready' });
  return { server, spans: sink.spans, url: listening.exec(server.stdout())?.[1] ?? '' };
}

/** The spans of the trace that answered, once its root span is there. */
async function traceOf(spans: readonly ReceivedSpan[], root: string): Promise<readonly ReceivedSpan[]> {
  const found = await waitFor(() => spans.find(({ name }) => name === root), { what: `the span ${root}` });
  return spans.filter(({ traceId }) => traceId === found.traceId);
}

describe('the Next.js example', () => {
  it('records a route handler under the request of Next.js, all in its session', async () => {
    const { spans, url } = await serve();
    const body = JSON.stringify({ conversation: 'a', question: 'whales' });
    const response = await fetch(`${url}/api/answer`, { method: 'POST', body });
    expect(await response.json()).toEqual({ answer: 'There is a passage on whales.' });

    const trace = await traceOf(spans, 'POST /api/answer');
    const names = trace.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['answer', 'look-up', 'executing api route (app) /api/answer']));
    expect(new Set(trace.map(({ attributes }) => attributes['session.id']))).toEqual(new Set(['a']));
    expect(new Set(trace.map(({ resource }) => resource['service.name']))).toEqual(new Set(['librarian']));
  });

  it('records a page the same way, and two conversations at once do not mix', async () => {
    const { server, spans, url } = await serve();
    const ask = async (conversation: string) =>
      (await fetch(`${url}/ask?conversation=${conversation}&question=whales`)).text();
    const pages = await Promise.all(['a', 'b'].map(ask));
    for (const page of pages) expect(page).toContain('There is a passage on whales.');

    await waitFor(() => spans.filter(({ name }) => name === 'GET /ask').length === 2, { what: 'two pages' });
    const answers = spans.filter(({ name }) => name === 'answer');
    expect(answers.map(({ attributes }) => attributes['session.id']).sort()).toEqual(['a', 'b']);
    for (const { traceId, attributes } of answers) {
      const trace = spans.filter((span) => span.traceId === traceId);
      expect(trace.map(({ name }) => name)).toContain('render route (app) /ask');
      expect(new Set(trace.map((span) => span.attributes['session.id']))).toEqual(new Set([attributes['session.id']]));
    }
    expect(server.stderr()).toBe('');
  });
});
