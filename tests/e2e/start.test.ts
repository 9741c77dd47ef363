import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Child, startChild } from '../support/child-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { waitFor } from '../support/wait-for.js';

const START = join(import.meta.dirname, '../../scripts/start.mjs');

/** `npm start`, up and playing its script. */
async function startAll(shell: readonly string[] = []): Promise<{ child: Child; urls: string[] }> {
  const database = join(temporaryFolder(), 'powerrag.db');
  const [command = '', ...args] = [...shell, process.execPath, START, '--port', '0', '--chat-port', '0'];
  const child = startChild(command, [...args, '--database', database]);
  const urls = await waitFor(
    () => {
      const found = /Session Replay +(http:\S+)\s+Sample chat +(http:\S+)/.exec(child.stdout());
      return found?.slice(1);
    },
    { what: 'both URLs' },
  );
  return { child, urls };
}

const isUp = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

describe('npm start', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)('leaves nothing running after %s', async (signal) => {
    const { child, urls } = await startAll();
    expect(await Promise.all(urls.map(isUp))).toEqual([true, true]);
    child.process.kill(signal);
    await child.ended;
    await waitFor(async () => !(await Promise.all(urls.map(isUp))).includes(true), {
      what: 'the end of both programs',
    });
  });

  it('leaves nothing running when the shell of npm is ended by SIGTERM', async () => {
    const { child, urls } = await startAll(['sh', '-c', '"$0" "$@"; exit']);
    child.process.kill('SIGTERM');
    await waitFor(async () => !(await Promise.all(urls.map(isUp))).includes(true), {
      what: 'the end of both programs',
    });
  });

  it('drops no span of the sample chat when it is stopped in the middle of an answer', async () => {
    const { child } = await startAll();
    child.process.kill('SIGINT');
    await child.ended;
    expect(child.stderr()).toBe('');
    expect(child.stdout()).toContain('PowerRAG has stopped');
  });
});
