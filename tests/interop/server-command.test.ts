import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runToEnd, startChild } from '../support/child-process.js';
import { storedIds } from '../support/loss.js';
import { type SentSpan, toOtlpJson } from '../support/otlp.js';
import { freePort } from '../support/port.js';
import { startServer } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { waitFor } from '../support/wait-for.js';

const COMMAND = join(import.meta.dirname, '../../packages/server/bin/powerrag.js');
const KEYS = { POWERRAG_PUBLIC_KEY: 'pk-test', POWERRAG_SECRET_KEY: 'sk-test' };

/** Runs the command until it exits. */
async function powerrag(args: readonly string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await runToEnd(process.execPath, [COMMAND, ...args], {
    env,
    cwd: temporaryFolder(),
  });
  return { code, stdout, stderr };
}

const refused = (code: number, message: RegExp) => ({ code, stdout: '', stderr: expect.stringMatching(message) });

function serveArgs(database: string): string[] {
  return ['serve', '--port', '0', '--database', database];
}

function freshDatabase(): string {
  return join(temporaryFolder(), 'powerrag.db');
}

function aSpan(sessionId: string): SentSpan {
  return {
    traceId: 'a1'.repeat(16),
    spanId: 'b2'.repeat(8),
    name: 'work',
    startUnixNano: 1_730_000_000_000_000_000n,
    endUnixNano: 1_730_000_001_000_000_000n,
    attributes: { 'session.id': sessionId },
  };
}

function postTraces(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  const all = { 'content-type': 'application/json', ...headers };
  return fetch(`${url}/v1/traces`, { method: 'POST', headers: all, body });
}

/** The status that a GET gets with a given Host header, which `fetch` cannot set. */
function statusAs(host: string, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject).end();
  });
}

describe('the command line of powerrag', () => {
  it('shows its help and its version', async () => {
    const manifest = JSON.parse(readFileSync(join(COMMAND, '../../package.json'), 'utf8')) as { version: string };
    expect(await powerrag(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
    const help = await powerrag(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const option of ['--host', '--port', '--database']) expect(help.stdout).toContain(option);
  });

  it.each([
    ['no command', [], /The command is missing; run powerrag serve/],
    ['another command', ['start'], /There is no command "start"; run powerrag serve/],
    ['an option that it does not have', ['serve', '--prot', '1'], /Unknown option '--prot'.*See powerrag --help/],
    ['an invalid port', ['serve', '--port', '70000'], /--port must be a whole number from 0 to 65535, got 70000/],
  ])('refuses %s with code 2 and says what would do', async (_what, args, message) => {
    expect(await powerrag(args)).toEqual(refused(2, message));
  });

  it('names the option to change when the port is taken', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    onTestFinished(() => void other.close());
    const outcome = await powerrag(['serve', '--port', String(port), '--database', freshDatabase()]);
    expect(outcome).toEqual(
      refused(1, new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is already in use; choose another port`)),
    );
  });
});

describe('the database of powerrag serve', () => {
  it('is refused while another server uses it, and the first one keeps working', async () => {
    const first = await startServer();
    onTestFinished(() => first.stop());
    expect(await powerrag(serveArgs(first.database))).toEqual(refused(1, /Another PowerRAG server is using/));
    expect((await postTraces(first.url, toOtlpJson([aSpan('goes-on')]))).status).toBe(200);
    expect(await storedIds(first.url, 'goes-on')).toEqual(['b2'.repeat(8)]);
  });

  it('is free again after its server was killed', async () => {
    const first = await startServer();
    await first.kill();
    const second = await startServer({ database: first.database });
    await second.stop();
  });

  it('is refused, and not changed, when it is another kind of file', async () => {
    const file = freshDatabase();
    const notes = 'These are my notes. '.repeat(200);
    writeFileSync(file, notes);
    expect(await powerrag(serveArgs(file))).toEqual(refused(1, /is not a PowerRAG database.*--database/));
    expect(readFileSync(file, 'utf8')).toBe(notes);
  });

  it('is refused when a newer version has written it', async () => {
    const server = await startServer();
    await server.stop();
    // SQLite keeps `user_version` as four bytes at offset 60 of the file.
    const bytes = readFileSync(server.database);
    bytes.writeUInt32BE(9999, 60);
    writeFileSync(server.database, bytes);
    expect(await powerrag(serveArgs(server.database))).toEqual(refused(1, /was written by a newer PowerRAG.*update/));
  });

  it('is refused in a folder that does not exist', async () => {
    const database = join(temporaryFolder(), 'missing', 'powerrag.db');
    expect(await powerrag(serveArgs(database))).toEqual(refused(1, /folder of the database.*does not exist/));
  });

  it('is refused when its path is a folder', async () => {
    const folder = temporaryFolder();
    expect(await powerrag(serveArgs(folder))).toEqual(refused(1, /cannot be used.*writable/));
  });
});

describe('a server on a loopback address', () => {
  it('answers to the names of this machine only, so that no foreign page can read it', async () => {
    const { url, stop } = await startServer();
    onTestFinished(stop);
    const { port } = new URL(url);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, `app.localhost:${port}`]) {
      expect(await statusAs(host, `${url}/api/v1/sessions`), host).toBe(200);
    }
    const foreign = [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '10.0.0.1',
    ];
    for (const host of foreign) {
      for (const path of ['/', '/health', '/api/v1/sessions', '/api/public/sessions', '/v1/traces']) {
        expect(await statusAs(host, url + path), `${host} ${path}`).toBe(403);
      }
    }
  });

  it('takes no traces from a form, and lets no other origin read', async () => {
    const { url, stop } = await startServer();
    onTestFinished(stop);
    const origin = { origin: 'https://evil.example' };
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const response = await postTraces(url, toOtlpJson([aSpan('forged')]), { 'content-type': type, ...origin });
      expect(response.status, type).toBe(415);
    }
    const preflight = await fetch(`${url}/v1/traces`, {
      method: 'OPTIONS',
      headers: { ...origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
    const read = await fetch(`${url}/api/v1/sessions`, { headers: origin });
    for (const { headers } of [preflight, read]) expect(headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('a server that gets SIGTERM', () => {
  it('exits with code 0 while connections have sent nothing, or half a request', async () => {
    const server = await startServer();
    const { port } = new URL(server.url);
    for (const text of ['', 'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n', 'GET /hea']) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      onTestFinished(() => void socket.destroy());
      await once(socket, 'connect');
      socket.write(text);
    }
    // Rejects when it has to be killed.
    await server.stop();
    expect(server.process.signalCode).toBeNull();
  });
});

describe('a server with keys on a loopback address', () => {
  it('asks for them', async () => {
    const server = await startServer({ env: KEYS });
    onTestFinished(() => server.stop());
    const authorization = `Basic ${Buffer.from(Object.values(KEYS).join(':')).toString('base64')}`;
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${server.url}/api/v1/sessions`, { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization })).toBe(200);
  });
});

describe('a server that other machines can reach', () => {
  it.each([
    ['no keys', {}, /POWERRAG_PUBLIC_KEY and POWERRAG_SECRET_KEY are missing/],
    ['only one key', { POWERRAG_PUBLIC_KEY: 'pk' }, /POWERRAG_PUBLIC_KEY and POWERRAG_SECRET_KEY are missing/],
    [
      'empty keys',
      { POWERRAG_PUBLIC_KEY: '', POWERRAG_SECRET_KEY: '' },
      /POWERRAG_PUBLIC_KEY and POWERRAG_SECRET_KEY are missing/,
    ],
    ['a colon in the public key', { ...KEYS, POWERRAG_PUBLIC_KEY: 'p:k' }, /must not contain a colon/],
  ])('does not start with %s', async (_what, env, message) => {
    const args = [...serveArgs(freshDatabase()), '--host', '0.0.0.0'];
    expect(await powerrag(args, env)).toEqual(refused(2, message));
  });

  it('answers only clients with the right keys', async () => {
    const child = startChild(process.execPath, [COMMAND, ...serveArgs(freshDatabase()), '--host', '0.0.0.0'], {
      env: KEYS,
    });
    onTestFinished(async () => {
      child.process.kill('SIGTERM');
      await child.ended;
    });
    const listening = /^PowerRAG is listening on http:\/\/0\.0\.0\.0:(\d+)$/m;
    await waitFor(() => listening.test(child.stdout()), { what: 'the line that names the URL' });
    const url = `http://127.0.0.1:${listening.exec(child.stdout())?.[1]}`;
    const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
    const body = toOtlpJson([aSpan('with-keys')]);

    const wrong: Record<string, string>[] = [
      {},
      basic('pk-test:wrong'),
      basic('sk-test:pk-test'),
      basic('pk-test:sk-test '),
      basic(`pk-test:${'s'.repeat(8000)}`),
      { authorization: 'Bearer sk-test' },
      { authorization: 'Basic' },
      { authorization: 'Basic \u00a0' },
      { authorization: 'Basic ====' },
    ];
    const query = 'public_key=pk-test&secret_key=sk-test';
    for (const headers of wrong) {
      const statuses = await Promise.all([
        postTraces(url, body, headers),
        ...['/', '/api/v1/sessions', '/api/public/sessions', `/api/v1/sessions?${query}`].map((path) =>
          fetch(url + path, { headers }),
        ),
      ]);
      expect(
        statuses.map(({ status }) => status),
        JSON.stringify(headers).slice(0, 60),
      ).toEqual([401, 401, 401, 401, 401]);
    }
    const challenge = await postTraces(url, body);
    expect(challenge.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(await challenge.json()).toEqual({ code: 16, message: expect.stringMatching(/needs keys/) });

    const right = basic('pk-test:sk-test');
    expect((await postTraces(url, body, right)).status).toBe(200);
    expect(await (await fetch(`${url}/api/v1/sessions`, { headers: right })).json()).toMatchObject({
      data: [{ id: 'with-keys' }],
    });
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(child.stderr() + child.stdout()).not.toContain('sk-test');
  });
});

describe('stopping a server', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('by %s ends with code 0 and keeps what it acknowledged', async (signal) => {
    const first = await startServer();
    expect((await postTraces(first.url, toOtlpJson([aSpan('kept')]))).status).toBe(200);
    first.process.kill(signal);
    await waitFor(() => first.process.exitCode !== null || first.process.signalCode !== null, { what: 'the end' });
    expect(first.process.exitCode).toBe(0);
    const second = await startServer({ database: first.database });
    onTestFinished(() => second.stop());
    expect(await storedIds(second.url, 'kept')).toEqual(['b2'.repeat(8)]);
  });

  it('ends although a client keeps its connection open', async () => {
    const server = await startServer();
    // `fetch` keeps the connection of this request for the next one.
    expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ status: 'ok' });
    await server.stop();
    expect(server.process.exitCode).toBe(0);
  });
});
