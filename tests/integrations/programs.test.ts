import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MessagePart, ReplayDocument } from '@powerrag/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PROJECT_FOLDER } from '../e2e/example-programs.js';
import { getJson } from '../support/http.js';
import { startServer } from '../support/server-process.js';
import { waitFor } from '../support/wait-for.js';
import { startFakeProvider } from './fake-provider.js';
import { runProgram, startProgram, typeErrors } from './installed.js';

const WEATHER = ['How warm is it in Paris?', 'It is 18 degrees in Paris.'] as const;
const CAPITAL = ['What is the capital of France?', 'The capital of France is Paris.'] as const;

/** With what each program records: question and answer, tokens, and the observations of its turn. */
const PROGRAMS = [
  ['openai', CAPITAL, 120, ['generation']],
  // Its client makes a span of its own within ours.
  ['anthropic', CAPITAL, 120, ['generation', 'generation']],
  ['ai-sdk', WEATHER, 240, ['generation', 'tool', 'generation']],
  ['langgraph', WEATHER, 240, ['generation', 'tool', 'generation']],
  ['openai-agents', WEATHER, 240, ['generation', 'tool', 'generation']],
  ['mastra', WEATHER, 240, ['generation', 'tool', 'generation']],
] as const;
const SERVERS = ['express', 'hono', 'fastify', 'nestjs'] as const;

async function environment() {
  const server = await startServer();
  onTestFinished(() => server.stop());
  return { url: server.url, env: { ...(await startFakeProvider()), POWERRAG_BASE_URL: server.url } };
}

/** The only turn of a session: what was said, its tokens, and the types of its steps. */
async function turnOf(url: string, sessionId: string) {
  const replay = await getJson<ReplayDocument>(`${url}/api/v1/sessions/${sessionId}/replay`);
  expect(replay.turns).toHaveLength(1);
  const [turn] = replay.turns;
  const typeOf = (id: string) => replay.observations.find((observation) => observation.id === id)?.type;
  return {
    said: turn?.messages.map(({ parts }) => parts.map(textOf).join('')),
    tokens: turn?.totalTokens,
    steps: turn?.steps.map(typeOf),
    errors: turn?.errors,
    users: replay.session.userIds,
  };
}

const textOf = (part: MessagePart): string => (part.type === 'text' ? part.text : '');

describe('the program of the page on integrations', () => {
  it.each(PROGRAMS)('for %s has its conversation replayed', async (program, said, tokens, steps) => {
    const { env, url } = await environment();
    const { code, stderr, stdout } = await runProgram(`src/${program}.ts`, env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(said[1]);
    expect(await turnOf(url, 'chat-1')).toEqual({ said, tokens, steps, errors: [], users: ['ada'] });
  });

  it.each(SERVERS)('for %s has two requests at once in the session of each', async (program) => {
    const { env, url } = await environment();
    const child = startProgram(`src/${program}.ts`, { ...env, PORT: '0' });
    onTestFinished(async () => {
      child.process.kill('SIGTERM');
      await child.ended;
    });
    const port = await waitFor(() => /port: (\d+)/.exec(child.stdout())?.[1], { what: `${program} to listen` });
    const ask = async (conversation: string) => {
      const response = await fetch(`http://127.0.0.1:${port}/ask`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-conversation': conversation },
        body: JSON.stringify({ question: CAPITAL[0] }),
      });
      return await response.json();
    };
    expect(await Promise.all([ask('a'), ask('b')])).toEqual(Array(2).fill({ answer: CAPITAL[1] }));
    child.process.kill('SIGTERM');
    await child.ended;
    for (const session of ['a', 'b'])
      expect(await turnOf(url, session)).toMatchObject({ said: CAPITAL, tokens: 120, steps: ['generation'] });
    expect(child.stderr()).toBe('');
  });

  it('compiles', async () => {
    expect(await typeErrors()).toBe('');
  });

  it('is one of those that run here', () => {
    const page = readFileSync(join(PROJECT_FOLDER, 'docs/integrations.md'), 'utf8');
    const shown = [...page.matchAll(/<!-- from examples\/integrations\/src\/([\w-]+)\.ts -->/g)].map(
      ([, name]) => name,
    );
    expect(new Set(shown)).toEqual(new Set([...PROGRAMS.map(([name]) => name), ...SERVERS]));
  });
});
