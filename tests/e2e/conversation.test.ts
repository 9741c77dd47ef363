import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { launchChromium } from './chromium.js';
import { openWatchedPage, type WatchedPage } from './watched-page.js';

let server: ServerProcess;
let browser: Awaited<ReturnType<typeof launchChromium>>;
let watched: WatchedPage;

beforeEach(async () => {
  server = await startServer();
  browser = await launchChromium();
  watched = await openWatchedPage(browser, [server.url]);
});
afterEach(async () => {
  await browser?.close();
  await server?.stop();
});

interface Span {
  readonly id: number;
  readonly parent?: number;
  readonly name: string;
  /** Milliseconds from the start of the trace. */
  readonly from: number;
  readonly to: number;
  readonly asked?: string;
  readonly answered?: string;
}

/** Records spans of the one trace of a session. */
async function record(session: string, startMs: number, spans: readonly Span[]): Promise<void> {
  const at = (ms: number) => `${BigInt(startMs + ms) * 1_000_000n}`;
  const message = (role: string, content: string) => JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
  const body = spans.map(({ id, parent, name, from, to, asked, answered }) => {
    const words: Record<string, string> = { 'session.id': session };
    if (asked !== undefined) words['gen_ai.input.messages'] = message('user', asked);
    if (answered !== undefined) words['gen_ai.output.messages'] = message('assistant', answered);
    if (asked !== undefined)
      Object.assign(words, { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4.1' });
    return {
      traceId: '1'.padStart(32, '0'),
      spanId: `${id}`.padStart(16, '0'),
      ...(parent !== undefined && { parentSpanId: `${parent}`.padStart(16, '0') }),
      name,
      startTimeUnixNano: at(from),
      endTimeUnixNano: at(to),
      attributes: Object.entries(words).map(([key, stringValue]) => ({ key, value: { stringValue } })),
    };
  });
  const response = await fetch(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: body }] }] }),
  });
  expect(response.status).toBe(200);
}

it('the answer of a turn is what the customer was told, not the title that a later call wrote', async () => {
  const { page, problems } = watched;
  await record('titled', Date.now() - 3_600_000, [
    { id: 1, name: 'POST /chat', from: 0, to: 5_000 },
    {
      id: 2,
      parent: 1,
      name: 'chat',
      from: 1,
      to: 3_000,
      asked: 'How long may I return it?',
      answered: 'Within 60 days.',
    },
    {
      id: 3,
      parent: 1,
      name: 'chat',
      from: 3_100,
      to: 3_500,
      asked: 'Write a three-word title',
      answered: 'Battery return window',
    },
  ]);
  await page.goto(`${server.url}/sessions/titled`);
  const conversation = page.getByRole('region', { name: 'Conversation' });
  const answers = conversation.getByRole('article', { name: /^Assistant/ });
  await answers.first().waitFor();
  expect(await answers.count()).toBe(1);
  expect(await answers.first().textContent()).toContain('Within 60 days.');
  expect(await conversation.textContent()).toContain('How long may I return it?');
  expect(await conversation.textContent()).not.toContain('title');
  expect(problems).toEqual([]);
});

it('a turn that is running shows its question and says that it runs, and the answer once it has ended', async () => {
  const { page, problems } = watched;
  const startMs = Date.now() - 2_000;
  await record('running', startMs, [
    {
      id: 2,
      parent: 1,
      name: 'chat',
      from: 10,
      to: 900,
      asked: 'And batteries?',
      answered: 'return window of batteries',
    },
  ]);
  await page.goto(`${server.url}/sessions/running`);
  const conversation = page.getByRole('region', { name: 'Conversation' });
  await conversation.getByText('And batteries?').waitFor();
  await conversation.getByText('This turn is still running.').waitFor();
  expect(await conversation.getByRole('article', { name: /^Assistant/ }).count()).toBe(0);

  await record('running', startMs, [
    {
      id: 3,
      parent: 1,
      name: 'chat',
      from: 1_000,
      to: 1_900,
      asked: 'Context: 60 days.\nQuestion: return window of batteries',
      answered: 'Batteries: within 60 days.',
    },
    { id: 1, name: 'POST /chat', from: 0, to: 2_000 },
  ]);
  await conversation.getByText('Batteries: within 60 days.').waitFor();
  expect(await conversation.getByText('This turn is still running.').count()).toBe(0);
  expect(problems).toEqual([]);
});
