import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { DatabaseUnusable, sqliteStore } from '../store/sqlite/index.js';
import { anObservation, spanId, traceId } from '../store/testing.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { readCommand } from './config.js';
import { confirmOn } from './confirm.js';
import { NothingDeleted } from './delete-traces.js';
import type { FileCommandDeps } from './file-command-deps.js';
import { noProgress } from './progress.js';
import { runFileCommand } from './run-file-command.js';
import { UsageError } from './usage-error.js';

const DAY = 24 * 60 * 60 * 1000;
const NOW = 1_730_000_000_000;

let database: string;
beforeEach(async () => {
  database = join(temporaryFolder(), 'traces.db');
  const store = sqliteStore(database);
  const observations = [
    { age: 40, sessionId: 'old', userId: 'ada' },
    { age: 5, sessionId: 'chat', userId: 'ada' },
    { age: 4, sessionId: 'chat', userId: 'bob' },
    { age: 3, sessionId: 'other', userId: 'bob' },
  ].map(({ age, ...trace }, at) =>
    anObservation({
      ...{ traceId: traceId(at + 1), id: spanId(at + 1), startMs: NOW - age * DAY, endMs: NOW - age * DAY + 1_000 },
      body: { input: `said in trace number ${at + 1}, which nobody else says` },
      trace,
    }),
  );
  await store.write('default', observations);
  await store.close();
});

/** What the command says and asks. */
async function run(args: readonly string[], answer?: boolean) {
  const said: string[] = [];
  const asked: string[] = [];
  const deps: FileCommandDeps = {
    ...{ now: NOW, say: (line) => said.push(line), progress: noProgress },
    confirm: async (question) => {
      asked.push(question);
      return answer ?? false;
    },
  };
  const command = readCommand(['delete', ...args, '--database', database], {});
  if (command.name !== 'delete') throw new Error(`${command.name} is another command`);
  await runFileCommand(command, deps);
  return { said, asked };
}

async function traces(): Promise<string[]> {
  const store = sqliteStore(database);
  const list = await store.listTraces('default', {});
  await store.close();
  return list.traces.map(({ id }) => id).sort();
}

describe('powerrag delete', () => {
  it.each<[string, string[], number[], RegExp]>([
    ['a trace', ['--trace', traceId(1)], [2, 3, 4], /^Delete 1 trace "0+1"\? It cannot be brought back\. \[y\/N\] $/],
    ['traces', ['--trace', traceId(1), '--trace', traceId(4)], [2, 3], /^Delete 2 traces "0+1", "0+4"\?/],
    ['a session', ['--session', 'chat'], [1, 4], /^Delete 2 traces in session "chat"\?/],
    ['a user', ['--user', 'ada'], [3, 4], /^Delete 2 traces of user "ada"\?/],
    ['what is old', ['--older-than', '30d'], [2, 3, 4], /^Delete every trace that ended before 2024-09-27T/],
  ])('deletes %s after asking, and nothing else', async (_what, args, left, question) => {
    const { said, asked } = await run(args, true);
    expect(asked).toEqual([expect.stringMatching(question)]);
    expect(await traces()).toEqual(left.map(traceId));
    expect(said[0]).toMatch(`Deleted ${4 - left.length} trace`);
  });

  it('leaves no byte of what was deleted in the file', async () => {
    const said = 'said in trace number 2, which nobody else says';
    expect(readFileSync(database).includes(said)).toBe(true);
    await run(['--session', 'chat', '--yes']);
    expect(readFileSync(database).includes(said)).toBe(false);
    expect(readFileSync(database).includes('said in trace number 4')).toBe(true);
  });

  it('does not ask with --yes', async () => {
    expect((await run(['--session', 'chat', '--yes'])).asked).toEqual([]);
    expect(await traces()).toEqual([traceId(1), traceId(4)]);
  });

  it('deletes nothing when the answer is no', async () => {
    await expect(run(['--session', 'chat'], false)).rejects.toThrow(new NothingDeleted('Nothing was deleted.'));
    expect(await traces()).toHaveLength(4);
  });

  it.each([
    [['--trace', 'nope'], 'There is no trace "nope"; nothing was deleted.'],
    [['--session', 'nope'], 'There is no trace in session "nope"; nothing was deleted.'],
    [['--user', 'nope'], 'There is no trace of user "nope"; nothing was deleted.'],
  ])('says that there is nothing of %j, and fails', async (args, message) => {
    await expect(run(args)).rejects.toThrow(new NothingDeleted(message));
  });

  it('finds nothing old without a failure, as a job that runs each day does', async () => {
    const { said, asked } = await run(['--older-than', '400d']);
    expect([said, asked]).toEqual([[expect.stringMatching(/^There is no trace that ended before 2023/)], []]);
  });

  it('takes ClickHouse as serve does, and its file only without', () => {
    const args = ['delete', '--session', 's', '--store', 'clickhouse://ch/traces'];
    expect(readCommand(args, {})).toMatchObject({ from: { store: 'clickhouse://ch/traces' } });
    expect(() => readCommand([...args, '--database', 'a.db'], {})).toThrow(/^--database is the file of another store/);
    expect(() => readCommand(['delete', '--session', 's'], { POWERRAG_STORE: 'mysql://x' })).toThrow(
      /^POWERRAG_STORE must begin with clickhouse/,
    );
  });

  it('refuses while a server uses the database, and a file that does not exist', async () => {
    const store = sqliteStore(database);
    await expect(run(['--session', 'chat', '--yes'])).rejects.toThrow(/Another PowerRAG server is using .*DELETE/);
    await store.close();
    database = `${database}-other`;
    await expect(run(['--session', 'chat', '--yes'])).rejects.toThrow(DatabaseUnusable);
  });

  it.each([
    [[], /delete needs one of --trace, --session, --user, --older-than; none is given/],
    [['--session', 'a', '--user', 'b'], /; 2 are\./],
    [['chat'], /"chat" is not an option of delete; name it with --trace/],
    [['--session', ''], /--session must be an id that is not empty/],
    [['--older-than', '30'], /--older-than must be a number of days from 1d to 99999d, such as 30d, got "30"/],
    [['--all'], /delete: Unknown option '--all'/],
  ])('says what is wrong with %j', (args, message) => {
    expect(() => readCommand(['delete', ...args], {})).toThrow(message);
    expect(() => readCommand(['delete', ...args], {})).toThrow(UsageError);
  });
});

describe('the question', () => {
  const terminal = () => Object.assign(new PassThrough(), { isTTY: true });

  it.each([
    ['y\n', true],
    [' YES \n', true],
    ['n\n', false],
    ['\n', false],
    ['', false],
  ])('answered with %j is %s', async (typed, answer) => {
    const input = terminal();
    const asking = confirmOn(input, new PassThrough(), 'Sure? ');
    input.end(typed);
    expect(await asking).toBe(answer);
  });

  it('is an error where nobody can answer, with the option for that', async () => {
    await expect(confirmOn(new PassThrough(), new PassThrough(), 'Sure? ')).rejects.toThrow(/add --yes/);
  });
});
