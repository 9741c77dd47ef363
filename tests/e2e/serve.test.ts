import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runToEnd, startChild } from '../support/child-process.js';
import { startServer } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { waitFor } from '../support/wait-for.js';

const COMMAND = join(import.meta.dirname, '../../packages/server/bin/powerrag.js');

const powerrag = (args: readonly string[], env: Record<string, string> = {}) =>
  runToEnd(process.execPath, [COMMAND, ...args], { env, cwd: temporaryFolder() });

describe('the powerrag command', () => {
  it('explains itself and tells its version', async () => {
    expect(await powerrag(['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Usage: powerrag serve/),
    });
    expect(await powerrag(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it.each([
    [['serve', '--prot', '1'], /^powerrag: Unknown option '--prot'\. See powerrag --help\.\n$/],
    [['start'], /^powerrag: There is no command "start"; there is serve\. See powerrag --help\.\n$/],
    [
      ['serve', '--host', '0.0.0.0'],
      /^powerrag: 0\.0\.0\.0 can be reached from other machines: set POWERRAG_PUBLIC_KEY/,
    ],
  ])('ends with code 2 and one line on %j', async (args, message) => {
    expect(await powerrag(args)).toEqual({ code: 2, signal: null, stdout: '', stderr: expect.stringMatching(message) });
  });

  it('ends with code 1 and one line when its port or its database is taken', async () => {
    const server = await startServer();
    onTestFinished(() => server.stop());
    const { port } = new URL(server.url);
    expect(await powerrag(['serve', '--port', port])).toMatchObject({
      code: 1,
      stderr: `powerrag: Port ${port} on 127.0.0.1 is already in use; choose another with --port, or 0 for any free one.\n`,
    });
    expect(await powerrag(['serve', '--port', '0', '--database', server.database])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^powerrag: Another PowerRAG server is using .*; stop it, or name another file with --database\.\n$/,
      ),
    });
  });

  it('can be started again on the database of a server that was killed', async () => {
    const first = await startServer();
    await first.kill();
    const second = await startServer({ database: first.database });
    await second.stop();
  });

  it('where other machines reach it, serves who has the keys', async () => {
    const env = { POWERRAG_PUBLIC_KEY: 'team', POWERRAG_SECRET_KEY: 'secret' };
    const args = [COMMAND, 'serve', '--host', '0.0.0.0', '--port', '0', '--database', join(temporaryFolder(), 'a.db')];
    const server = startChild(process.execPath, args, { env });
    onTestFinished(() => void server.process.kill('SIGKILL'));
    await waitFor(() => server.stdout().includes('listening'), { what: 'the server to listen' });
    const port = /:(\d+)$/m.exec(server.stdout())?.[1];
    const sessions = (headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${port}/api/v1/sessions`, { headers });
    expect((await sessions()).status).toBe(401);
    const authorization = `Basic ${Buffer.from('team:secret').toString('base64')}`;
    expect((await sessions({ authorization })).status).toBe(200);
    server.process.kill('SIGINT');
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(server.stdout()).toMatch(/PowerRAG has stopped\n$/);
    expect(server.stderr()).not.toContain('secret');
  });
});
