import { once } from 'node:events';
import { chmodSync, linkSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { anyDriver, sqliteStore } from '../store/sqlite/index.js';
import { anObservation, spanId, traceId } from '../store/testing.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { readCommand } from './config.js';
import { doctor } from './doctor.js';
import { noProgress } from './progress.js';

let folder: string;
let database: string;
beforeEach(() => {
  folder = temporaryFolder();
  database = join(folder, 'traces.db');
});

async function examine(args: readonly string[] = ['--port', '0'], env: Record<string, string> = {}) {
  const file = args.includes('--store') ? [] : ['--database', database];
  const command = readCommand(['doctor', ...file, ...args], env);
  if (command.name !== 'doctor') throw new Error(`${command.name} is another command`);
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const isWell = await doctor(command.given, { say, progress: noProgress, version: '1.2.3' });
  return { isWell, lines, text: lines.join('\n') };
}

async function write(count = 1): Promise<void> {
  const store = sqliteStore(database);
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  await store.write(
    'default',
    numbers.map((number) =>
      anObservation({ traceId: traceId(number), id: spanId(number), trace: { sessionId: `chat ${number}` } }),
    ),
  );
  await store.close();
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return String(typeof address === 'object' && address !== null ? address.port : 0);
}

describe('powerrag doctor', () => {
  it('finds no problem with a server that was never started, and makes no file', async () => {
    const { isWell, text } = await examine();
    expect(text).toMatch(/^PowerRAG 1\.2\.3 on Node \d/);
    expect(text).toMatch(/^ok {7}options: --port, --database$/m);
    expect(text).toMatch(/^ok {7}keys: none/m);
    expect(text).toMatch(/^ok {7}database: .*traces\.db does not exist yet; the server creates it$/m);
    expect(text).toMatch(/^(ok {7}|warning {2})disk: .*\d MiB are free in /m);
    expect(isWell).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('finds no problem with a database, used by a server or not, and does not change it', async () => {
    await write();
    const before = readFileSync(database);
    const free = await examine();
    expect(free.text).toMatch(/^ok {7}lock: no server uses the database$/m);
    expect(free.text).toMatch(/^ok {7}schema: version \d+$/m);
    expect(free.text).toMatch(/^ok {7}content: all \d+ tables are sound$/m);
    expect(free.isWell).toBe(true);
    expect(readFileSync(database).equals(before)).toBe(true);
    const store = sqliteStore(database);
    const used = await examine();
    expect(used.text).toMatch(/^ok {7}lock: a server uses the database$/m);
    expect(used.isWell).toBe(true);
    await store.write('default', [anObservation({ traceId: traceId(9), id: spanId(9) })]);
    await store.close();
  });

  it('names the table that is damaged', async () => {
    await write(60);
    const bytes = readFileSync(database);
    for (let page = 3; page < bytes.length / 4096; page++) bytes.fill(0xff, page * 4096, page * 4096 + 64);
    writeFileSync(database, bytes);
    const { isWell, text } = await examine();
    expect(text).toMatch(/^problem {2}(content: table \w+ is damaged .*restore a backup|database: .*is damaged)/m);
    expect(isWell).toBe(false);
  });

  it('says that the next start changes the schema, or that a newer server wrote it', async () => {
    await write();
    const set = (version: number) => {
      const file = anyDriver()(database);
      file.exec(`PRAGMA user_version = ${version}`);
      file.close();
    };
    set(1);
    const older = await examine();
    expect(older.text).toMatch(/^warning {2}schema: version 1; the next start .* make a backup first$/m);
    expect(older.isWell).toBe(true);
    set(999);
    const newer = await examine();
    expect(newer.text).toMatch(/^problem {2}database: .*written by a newer PowerRAG .*update @powerrag\/server/m);
    expect(newer.lines.at(-1)).toMatch(/^Found 1 problem/);
  });

  it.each<[string, () => void, RegExp]>([
    ['notes', () => writeFileSync(database, 'these are my notes. '.repeat(400)), /is not a PowerRAG database/],
    ['an empty file that was a database', () => truncateSync(database), /is empty, but has been the database/],
    ['a second name', () => linkSync(database, join(folder, 'b.db')), /second name \(a hard link\)/],
  ])('finds %s instead of a database', async (_what, make, message) => {
    await write();
    make();
    const { isWell, text } = await examine();
    expect(text).toMatch(message);
    expect(isWell).toBe(false);
  });

  it('warns of a database that others can read', async () => {
    await write();
    chmodSync(database, 0o644);
    const { text } = await examine();
    expect(text).toMatch(/^warning {2}database: .*can be read by other users; run chmod 600/m);
  });

  it('says that the folder of the database does not exist', async () => {
    database = join(folder, 'nowhere', 'traces.db');
    expect((await examine()).text).toMatch(/^problem {2}database: the folder .*nowhere does not exist/m);
  });

  it('tells a port that is free from one of PowerRAG and one of another program', async () => {
    const other = await listening(createServer((socket) => socket.destroy()));
    const taken = await examine(['--port', other]);
    expect(taken.text).toMatch(/^problem {2}port: Port \d+ on 127\.0\.0\.1 is already in use; choose another port/m);
    const own = await listening(createHttpServer((_, response) => response.end('{"status":"ok","version":"1.0.0"}')));
    const running = await examine(['--port', own]);
    expect(running.text).toMatch(/^ok {7}port: a PowerRAG server 1\.0\.0 answers on 127\.0\.0\.1 port \d+$/m);
    expect(running.isWell).toBe(true);
  });

  it('warns of a short secret, and never shows one', async () => {
    const env = { POWERRAG_PUBLIC_KEY: 'team', POWERRAG_SECRET_KEY: 'geheim' };
    const { text } = await examine(['--port', '0'], env);
    expect(text).toMatch(/^warning {2}keys: the secret key has 6 characters/m);
    expect(text).not.toContain('geheim');
    const long = await examine(['--port', '0'], { ...env, POWERRAG_SECRET_KEY: 'geheim'.repeat(4) });
    expect(long.text).toMatch(/^ok {7}keys: clients must send them; the public key is team$/m);
    expect(long.text).not.toContain('geheim');
  });

  it('goes on with the file when other options are wrong', async () => {
    await write();
    const { isWell, text } = await examine(['--host', '0.0.0.0']);
    expect(text).toMatch(/^problem {2}options: POWERRAG_PUBLIC_KEY and POWERRAG_SECRET_KEY are missing/m);
    expect(text).toMatch(/^ok {7}content: /m);
    expect(isWell).toBe(false);
  });

  it('reads the prices', async () => {
    const prices = join(folder, 'prices.json');
    writeFileSync(prices, '{ "house-model": { "input": 2, "output": 4 } }');
    expect((await examine(['--port', '0', '--prices', prices])).text).toMatch(/^ok {7}prices: .* has 1 of them$/m);
    writeFileSync(prices, '{');
    expect((await examine(['--port', '0', '--prices', prices])).text).toMatch(/^problem {2}prices: .*prices\.json/m);
  });

  it('asks ClickHouse for its version, and says what keeps it from answering', async () => {
    const asked: (string | undefined)[] = [];
    const clickhouse = await listening(
      createHttpServer((request, response) => {
        asked.push(request.headers.authorization);
        const isRight = request.headers.authorization === `Basic ${btoa('ann:geheim')}`;
        response.writeHead(isRight ? 200 : 403).end(isRight ? '25.8.1\n' : 'no');
      }),
    );
    const at = (credentials: string, port = clickhouse) =>
      examine(['--port', '0', '--store', `clickhouse://${credentials}127.0.0.1:${port}/traces`]);
    expect((await at('ann:geheim@')).text).toMatch(/^ok {7}ClickHouse: 25\.8\.1 answers at 127\.0\.0\.1:\d+$/m);
    const refused = await at('ann:falsch@');
    expect(refused.text).toMatch(/^problem {2}ClickHouse: .* does not let this user in/m);
    expect(refused.text).not.toContain('falsch');
    expect((await at('', '1')).text).toMatch(/^problem {2}ClickHouse: 127\.0\.0\.1:1 cannot be reached .*; start it/m);
  });
});
