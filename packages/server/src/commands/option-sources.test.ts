import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { readCommand } from './config.js';
import { UsageError } from './usage-error.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder, 'options.json');
});

const write = (options: unknown) =>
  writeFileSync(file, typeof options === 'string' ? options : JSON.stringify(options));
const serve = (args: readonly string[] = [], env: Record<string, string> = {}) =>
  readCommand(['serve', '--config', file, ...args], env);

function problemOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('the options were accepted');
}

describe('the options of the command', () => {
  it.each([
    ['host', '--host', 'POWERRAG_HOST', ['localhost', '127.0.0.2', '127.0.0.3']],
    ['port', '--port', 'POWERRAG_PORT', [1, 2, 3]],
    ['database', '--database', 'POWERRAG_DATABASE', ['/a.db', '/b.db', '/c.db']],
    ['store', '--store', 'POWERRAG_STORE', ['clickhouse://a', 'clickhouse://b', 'clickhouse://c']],
    ['prices', '--prices', 'POWERRAG_PRICES', ['/a.json', '/b.json', '/c.json']],
    ['logFormat', '--log-format', 'POWERRAG_LOG_FORMAT', ['json', 'text', 'json']],
    ['logLevel', '--log-level', 'POWERRAG_LOG_LEVEL', ['error', 'info', 'debug']],
  ] as const)('are taken by flag, else by environment, else from the file: %s', (option, flag, variable, values) => {
    const [byFlag, byVariable, byFile] = values;
    const read = (args: readonly string[], env: Record<string, string>) => {
      const command = serve(args, env);
      const { config, logging } = command.name === 'serve' ? command : { config: {}, logging: {} };
      return { ...config, ...logging };
    };
    write({ [option]: byFile });
    const env = { [variable]: String(byVariable) };
    expect(read([flag, String(byFlag)], env)).toMatchObject({ [option]: byFlag });
    expect(read([], env)).toMatchObject({ [option]: byVariable });
    expect(read([], { [variable]: '' })).toMatchObject({ [option]: byFile });
  });

  it('are taken from the file that POWERRAG_CONFIG names, unless --config names another', () => {
    write({ port: 1 });
    const other = join(folder, 'other.json');
    writeFileSync(other, '{ "port": 2 }');
    expect(readCommand(['serve'], { POWERRAG_CONFIG: other })).toMatchObject({ config: { port: 2 } });
    expect(serve([], { POWERRAG_CONFIG: other })).toMatchObject({ config: { port: 1 } });
  });

  it('have paths in a file relative to that file', () => {
    mkdirSync(join(folder, 'etc'));
    file = join(folder, 'etc', 'options.json');
    write({ database: '../data/traces.db', prices: 'prices.json' });
    expect(serve()).toMatchObject({
      config: { database: join(folder, 'data/traces.db'), prices: join(folder, 'etc/prices.json') },
    });
  });

  it('have the keys of the environment before those of the file, as a pair', () => {
    const keys = { publicKey: 'file', secretKey: 'file secret' };
    write({ keys });
    expect(serve()).toMatchObject({ config: { keys } });
    const env = { POWERRAG_PUBLIC_KEY: 'env', POWERRAG_SECRET_KEY: 'env secret' };
    expect(serve([], env)).toMatchObject({ config: { keys: { publicKey: 'env', secretKey: 'env secret' } } });
    expect(problemOf(() => serve([], { POWERRAG_PUBLIC_KEY: 'env' }))).toMatch(/^POWERRAG_SECRET_KEY is not set/);
  });

  it('name a file of another source no more once a stronger one names ClickHouse, and the other way round', () => {
    write({ database: '/a.db', retention: '30d' });
    const env = { POWERRAG_STORE: 'clickhouse://ch' };
    expect(serve([], env)).toMatchObject({ config: { store: 'clickhouse://ch', retentionDays: 30 } });
    write({ store: 'clickhouse://ch' });
    const command = readCommand(['backup', 'copy.db', '--config', file], { POWERRAG_DATABASE: '/b.db' });
    expect(command).toMatchObject({ database: '/b.db' });
  });

  it('give commands on files their database, and refuse ClickHouse, which is not a file', () => {
    write({ database: '/a.db', host: '0.0.0.0' });
    expect(readCommand(['export', 'x', '--config', file], {})).toMatchObject({ database: '/a.db' });
    expect(readCommand(['delete', '--session', 's', '--config', file], {})).toMatchObject({
      from: { database: '/a.db' },
    });
    expect(problemOf(() => readCommand(['backup', 'x'], { POWERRAG_STORE: 'clickhouse://ch' }))).toBe(
      'POWERRAG_STORE names ClickHouse, and backup works on a SQLite file; name it with --database.',
    );
  });
});

describe('a wrong option', () => {
  it.each<[string, unknown, Record<string, string>, RegExp]>([
    [
      'a port as text',
      { port: '4318' },
      {},
      /^port in .*options\.json must be a whole number from 0 to 65535, got "4318"/,
    ],
    ['a port of the environment', {}, { POWERRAG_PORT: 'http' }, /^POWERRAG_PORT must be a whole number/],
    ['a format', {}, { POWERRAG_LOG_FORMAT: 'xml' }, /^POWERRAG_LOG_FORMAT must be text or json, got "xml"/],
    ['a level', { logLevel: 'all' }, {}, /^logLevel in .* must be error or info or debug, got "all"/],
    ['a retention', {}, { POWERRAG_RETENTION: '30' }, /^POWERRAG_RETENTION must be a number of days/],
    ['a store', { store: 'mysql://x' }, {}, /^store in .*options\.json must begin with clickhouse/],
    ['one key', { keys: { publicKey: 'a' } }, {}, /^keys\.secretKey in .*options\.json must be/],
    ['a colon in a key', {}, { POWERRAG_PUBLIC_KEY: 'a:b', POWERRAG_SECRET_KEY: 'x' }, /^POWERRAG_PUBLIC_KEY must not/],
    [
      'keys that are missing',
      { host: '0.0.0.0' },
      {},
      /^POWERRAG_PUBLIC_KEY and POWERRAG_SECRET_KEY are missing: 0\.0/,
    ],
    ['an unknown name', { prot: 1 }, {}, /^prot in .*options\.json is not an option; there are host, port/],
    ['a function of programs', { log: {} }, {}, /^log in .* is not an option/],
    ['no JSON', '{ port: 1 }', {}, /options\.json is not JSON .*; correct it, or name another with --config/],
    ['a list', [], {}, /options\.json must hold one JSON object/],
  ])('is reported with where it came from: %s', (_what, options, env, message) => {
    write(options);
    expect(problemOf(() => serve([], env))).toMatch(message);
  });

  it('may be the file itself', () => {
    expect(problemOf(() => serve())).toMatch(/^The options in .*options\.json cannot be read .* with --config/);
    expect(problemOf(() => readCommand(['serve'], { POWERRAG_CONFIG: folder }))).toMatch(/with POWERRAG_CONFIG\.$/);
    expect(problemOf(() => readCommand(['serve', '--config', ''], {}))).toMatch(/^--config must name a file/);
  });
});
