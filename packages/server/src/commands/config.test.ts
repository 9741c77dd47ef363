import { describe, expect, it } from 'vitest';
import { readCommand } from './config.js';
import { UsageError } from './usage-error.js';

const keys = { POWERRAG_PUBLIC_KEY: 'team', POWERRAG_SECRET_KEY: 'secret' };

function usageError(args: readonly string[], env: Record<string, string> = {}): string {
  try {
    readCommand(args, env);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('the arguments were accepted');
}

describe('the command line', () => {
  it('needs no option: the server listens on this machine, on the port that OpenTelemetry sends to', () => {
    expect(readCommand(['serve'], {})).toEqual({
      name: 'serve',
      config: { host: '127.0.0.1', port: 4318, database: './powerrag.db', keys: null },
      logging: { logFormat: 'text', logLevel: 'info' },
    });
  });

  it('takes options in either form', () => {
    const args = ['serve', '--port=0', '--host', 'localhost', '--database', 'a.db'];
    expect(readCommand(args, {})).toMatchObject({
      name: 'serve',
      config: { host: 'localhost', port: 0, database: 'a.db', keys: null },
    });
  });

  it('takes the file of prices from the option, else from the environment', () => {
    const env = { POWERRAG_PRICES: 'env.json' };
    expect(readCommand(['serve'], env)).toMatchObject({ config: { prices: 'env.json' } });
    expect(readCommand(['serve', '--prices', 'own.json'], env)).toMatchObject({ config: { prices: 'own.json' } });
  });

  it('takes the days that traces are kept from the option, else from the environment, and keeps all without', () => {
    const env = { POWERRAG_RETENTION: '90d' };
    expect(readCommand(['serve'], env)).toMatchObject({ config: { retentionDays: 90 } });
    expect(readCommand(['serve', '--retention', '30d'], env)).toMatchObject({ config: { retentionDays: 30 } });
    expect(readCommand(['serve'], {})).toMatchObject({ config: { retentionDays: undefined } });
  });

  it('takes what to move where from the options, and the address else from the environment', () => {
    const args = ['migrate', 'sqlite', 'clickhouse'];
    const env = { POWERRAG_STORE: 'clickhouse://ann:secret@ch/traces' };
    const moved = { name: 'migrate', database: './powerrag.db', store: env.POWERRAG_STORE };
    expect(readCommand(args, env)).toEqual(moved);
    expect(readCommand([...args, '--database', 'a.db', '--store', 'clickhouse://ch'], {})).toEqual({
      ...{ name: 'migrate', database: 'a.db', store: 'clickhouse://ch' },
    });
  });

  it('takes ClickHouse from the option, else from the environment, and a file of the command line before it', () => {
    const env = { POWERRAG_STORE: 'clickhouse://ann:secret@ch/traces' };
    expect(readCommand(['serve'], env)).toMatchObject({ config: { store: env.POWERRAG_STORE } });
    const args = ['serve', '--store', 'clickhouse://other'];
    expect(readCommand(args, env)).toMatchObject({ config: { store: 'clickhouse://other' } });
    expect(readCommand(['serve', '--database', 'a.db'], env)).toMatchObject({
      config: { database: 'a.db', store: undefined },
    });
  });

  it('shows help or the version, with or without a command', () => {
    expect(readCommand(['--help'], {})).toEqual({ name: 'help' });
    expect(readCommand(['serve', '-h'], {})).toEqual({ name: 'help' });
    expect(readCommand(['--version'], {})).toEqual({ name: 'version' });
  });

  it.each([
    [[], /The command is missing; run powerrag serve/],
    [['server'], /There is no command "server"/],
    [['serve', 'fast'], /"fast" is not an option of serve/],
    [['serve', '--prot', '1'], /Unknown option '--prot'. See powerrag --help/],
    [['serve', '--port'], /'--port <value>' argument missing|--port/],
    [['serve', '--port', 'http'], /--port must be a whole number from 0 to 65535, got "http"/],
    [['serve', '--port', '65536'], /--port must be a whole number from 0 to 65535, got 65536/],
    [['serve', '--port=-1'], /--port must be a whole number/],
    [['serve', '--host', ''], /--host must be a string that is not empty/],
    [['serve', '--database', ''], /--database must be a string that is not empty/],
    [['serve', '--retention', '30'], /--retention must be a number of days from 1d to 99999d, such as 30d, got "30"/],
    [['serve', '--retention', '0d'], /--retention must be a number of days/],
    [['serve', '--store', ''], /--store must begin with clickhouse:\/\//],
    [['serve', '--store', 'clickhouse://ann:secret@ch/a-b'], /--store must name one database/],
    [['serve', '--store', 'clickhouse://ch', '--database', 'a.db'], /--database is the file of another store/],
    [
      ['migrate', 'clickhouse', 'sqlite'],
      /migrate moves a SQLite file to ClickHouse: run powerrag migrate sqlite clickhouse/,
    ],
    [['migrate', 'sqlite', 'clickhouse'], /--store is missing, and POWERRAG_STORE is not set/],
    [['migrate', 'sqlite', 'clickhouse', '--store', 'https://ch'], /--store must begin with clickhouse:\/\//],
    [['migrate', 'sqlite', 'clickhouse', '--prot', '1'], /migrate: Unknown option '--prot'/],
    [['serve', '--prices', ''], /--prices must be a string that is not empty/],
  ])('says what is wrong with %j', (args, message) => {
    expect(usageError(args)).toMatch(message);
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'example.org', '127.0.0.1.example.org'])(
    'refuses to listen on %s without both keys',
    (host) => {
      const asked = ['serve', '--host', host];
      expect(usageError(asked)).toMatch(/^POWERRAG_PUBLIC_KEY and POWERRAG_SECRET_KEY are missing/);
      expect(usageError(asked, { POWERRAG_PUBLIC_KEY: 'team' })).toMatch(/can be reached from other machines/);
      expect(usageError(asked, { ...keys, POWERRAG_SECRET_KEY: '' })).toMatch(/can be reached from other machines/);
      expect(readCommand(asked, keys)).toMatchObject({ config: { keys: { publicKey: 'team', secretKey: 'secret' } } });
    },
  );

  it.each(['127.0.0.1', '127.8.9.1', 'localhost', '::1', '[::1]'])(
    'needs no keys on %s, and requires them when they are set',
    (host) => {
      const asked = ['serve', '--host', host];
      expect(readCommand(asked, {})).toMatchObject({ config: { keys: null } });
      const unset = { POWERRAG_PUBLIC_KEY: '', POWERRAG_SECRET_KEY: '' };
      expect(readCommand(asked, unset)).toMatchObject({ config: { keys: null } });
      expect(readCommand(asked, keys)).toMatchObject({ config: { keys: { publicKey: 'team', secretKey: 'secret' } } });
    },
  );

  it('requires keys that are set even if no host is given', () => {
    expect(readCommand(['serve'], keys)).toMatchObject({ config: { host: '127.0.0.1', keys: { publicKey: 'team' } } });
  });

  it.each([
    [
      { POWERRAG_PUBLIC_KEY: 'team' },
      'POWERRAG_SECRET_KEY is not set, but POWERRAG_PUBLIC_KEY is. Set both, or neither.',
    ],
    [
      { ...keys, POWERRAG_PUBLIC_KEY: '' },
      'POWERRAG_PUBLIC_KEY is not set, but POWERRAG_SECRET_KEY is. Set both, or neither.',
    ],
  ])('refuses one key without the other: %j', (env, message) => {
    expect(usageError(['serve'], env)).toBe(message);
  });

  it('refuses a public key that HTTP Basic authentication could not tell from the secret', () => {
    const env = { ...keys, POWERRAG_PUBLIC_KEY: 'a:b' };
    expect(usageError(['serve', '--host', '0.0.0.0'], env)).toMatch(/must not contain a colon/);
  });
});
