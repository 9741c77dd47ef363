import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ServerOptions } from './commands/options.js';
import { aRequest, aSpan, encodeJson } from './ingest/testing.js';
import { startServer } from './start-server.js';
import { temporaryFolder } from './testing/temporary-folder.js';

async function start(options: ServerOptions = {}) {
  const server = await startServer({ port: 0, database: join(temporaryFolder(), 'traces.db'), ...options });
  onTestFinished(() => server.close());
  return server;
}

function send(url: string, headers: Record<string, string> = {}): Promise<Response> {
  const attributes = [{ key: 'session.id', value: { stringValue: 'chat-1' } }];
  return fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: encodeJson(aRequest(aSpan({ attributes }))),
  });
}

describe('startServer', () => {
  it('listens, stores what is sent, and has it again when it is started on the same file', async () => {
    const database = join(temporaryFolder(), 'traces.db');
    const first = await startServer({ port: 0, database });
    expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await send(first.url)).status).toBe(200);
    await first.close();
    await first.close();
    await expect(fetch(`${first.url}/health`)).rejects.toThrow();
    const second = await start({ database });
    expect(await (await fetch(`${second.url}/api/v1/sessions`)).json()).toMatchObject({ data: [{ id: 'chat-1' }] });
  });

  it('asks for the keys that it is given', async () => {
    const { url } = await start({ keys: { publicKey: 'team', secretKey: 'secret' } });
    expect((await send(url)).status).toBe(401);
    expect((await send(url, { authorization: `Basic ${btoa('team:secret')}` })).status).toBe(200);
  });

  it('tells its log what clients report', async () => {
    const lines: string[] = [];
    const { url } = await start({ log: { info: (line) => lines.push(line), error: () => {} } });
    const report = { id: 'c', sdk: { name: 'n', version: '1' }, service: null, ended: 1, delivered: 0 };
    await send(url, { 'x-powerrag-client-report': JSON.stringify({ ...report, dropped: { queue_full: 1 } }) });
    expect(lines).toEqual([expect.stringContaining('"queue_full":1')]);
  });

  it.each<[unknown, string]>([
    [{ port: 70_000 }, 'port must be a whole number from 0 to 65535, got 70000.'],
    [{ port: '4318' }, 'port must be a whole number from 0 to 65535, got "4318".'],
    [{ port: 1.5 }, 'port must be a whole number from 0 to 65535, got 1.5.'],
    [{ host: '' }, 'host must be a string that is not empty; leave it out for 127.0.0.1.'],
    [{ database: 5 }, 'database must be a string that is not empty; leave it out for ./powerrag.db.'],
    [
      { host: '0.0.0.0' },
      'keys are missing: 0.0.0.0 can be reached from other machines; set them, or listen on 127.0.0.1.',
    ],
    [{ keys: 'team:secret' }, 'keys must be { publicKey, secretKey }.'],
    [{ keys: { publicKey: 'team', secretKey: '' } }, 'keys.secretKey must not be empty.'],
    [
      { keys: { publicKey: 'a:b', secretKey: 'c' } },
      'keys.publicKey must not contain a colon: HTTP Basic authentication splits there.',
    ],
    [{ log: () => {} }, 'log must have the functions info and error.'],
    [{ prot: 1 }, 'prot is not an option; there are host, port, database, store, prices, retention, keys, log.'],
  ])('rejects %j with the option and the fix', async (options, message) => {
    await expect(startServer(options as ServerOptions)).rejects.toThrow(message);
  });

  it('rejects when the port is taken, and leaves the database free', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const database = join(temporaryFolder(), 'traces.db');
    await expect(start({ port, database })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is already in use; choose another port, or 0 for any free one.`,
    );
    await start({ database });
  });

  it('rejects when the folder of the database does not exist', async () => {
    const database = join(temporaryFolder(), 'missing', 'traces.db');
    await expect(start({ database })).rejects.toThrow(/missing/);
  });
});
