import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anApp } from './testing.js';

/** The requests that a real agent sent in three runs of one session with a model that answers the same each time. */
function recorded(name: string): { readonly path: string; readonly body: object }[] {
  const text = readFileSync(new URL(`recorded/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const CAPITAL = ['user: What is the capital of France?', 'assistant: The capital of France is Paris. (answer 1)'];
const WEATHER = ['user: What is the weather in Paris?', 'assistant: It is 21 degrees in Paris. (answer 3)'];
const FAILED = ['user: Please FAIL now'];

describe('what a real agent for the command line sent', () => {
  it.each([
    ['Claude Code 2.1, its logs', 'claude-code', 'Bash', [CAPITAL, WEATHER, FAILED]],
    [
      'Claude Code 2.1, its spans with the answers in its logs',
      'claude-code-spans',
      'Bash',
      [CAPITAL, WEATHER, FAILED],
    ],
    [
      'Gemini CLI 0.61, whose runs share the id of their prompts',
      'gemini-cli',
      'run_shell_command',
      [CAPITAL, WEATHER, FAILED],
    ],
    // Its second answer is that of a sub-agent, which is no turn of the conversation.
    [
      'Qwen Code 0.15',
      'qwen-code',
      'run_shell_command',
      [CAPITAL, [], [WEATHER[0], 'assistant: It is 21 degrees in Paris. (answer 4)'], FAILED],
    ],
    // Its fake model takes no result of a tool as such. It sends nothing of a run that fails.
    [
      'Codex 0.171',
      'codex',
      'exec_command',
      [
        [CAPITAL[0], 'assistant: The capital of France is Paris. (answer 2)'],
        [WEATHER[0], 'assistant: The capital of France is Paris. (answer 5)'],
      ],
    ],
  ])('is shown turn by turn, each call counted once: %s', async (_, name, tool, expected) => {
    const { post, json, replay } = anApp();
    for (const { path, body } of recorded(name)) await post(path, body);
    const { data } = await json<{ data: { id: string }[] }>('/api/v1/sessions');
    expect(data).toHaveLength(1);
    const { observations, session, said, turns } = await replay(data[0]?.id);
    expect(said).toEqual(expected);
    const spent: readonly number[] = expected.map(([question]) =>
      question === WEATHER[0] ? 240 : question === FAILED[0] ? 0 : 120,
    );
    expect(turns.map(({ totalTokens }) => totalTokens)).toEqual(spent);
    expect(session.totalTokens).toBe(spent.reduce((sum, tokens) => sum + tokens, 0));
    expect(turns.map(({ errors }) => errors.length > 0)).toEqual(expected.map((messages) => messages === FAILED));
    const tools = turns
      .find(({ totalTokens }) => totalTokens === 240)
      ?.steps.map((id) => observations.find((observation) => observation.id === id)?.name);
    expect(tools?.[1]).toBe(tool);
  });

  it('is shown the same in whatever order its requests come', async () => {
    const read = async (requests: readonly { readonly path: string; readonly body: object }[]) => {
      const { post, json, replay } = anApp();
      for (const { path, body } of requests) await post(path, body);
      const { data } = await json<{ data: { id: string }[] }>('/api/v1/sessions');
      const { said, turns, observations } = await replay(data[0]?.id);
      return {
        said,
        tokens: turns.map(({ totalTokens }) => totalTokens),
        ids: observations.map(({ id }) => id).sort(),
      };
    };
    const names = fc.constantFrom('claude-code-spans', 'gemini-cli', 'qwen-code', 'codex');
    const deliveries = names.chain((name) => {
      const all = recorded(name);
      return fc.record({
        all: fc.constant(all),
        sent: fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }),
      });
    });
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ all, sent }) => {
        expect(await read(sent)).toEqual(await read(all));
      }),
      { numRuns: 8 },
    );
  });
});
