import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RecordingSink, startRecordingSink } from '../e2e/recording-sink.js';
import { runToEnd } from '../support/child-process.js';
import { freePort } from '../support/port.js';

const FOLDER = join(import.meta.dirname, 'jest');
const JEST = createRequire(import.meta.url).resolve('jest/bin/jest');

interface JestOptions {
  readonly baseUrl: string;
  /** The beginnings of the names of the test files. */
  readonly files: readonly string[];
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  readonly config?: object;
}

/** Runs Jest on files of `tests/interop/jest`, and gives how it ended with what it and the exporter printed. */
async function runJest({ args = ['--runInBand'], baseUrl, config, files, nodeArgs = [] }: JestOptions) {
  const all = {
    rootDir: FOLDER,
    testMatch: files.map((file) => `<rootDir>/${file}*.case.*`),
    testSequencer: join(FOLDER, 'in-order.cjs'),
    moduleFileExtensions: ['js', 'cjs', 'mjs'],
    transform: {},
    cache: false,
    ...config,
  };
  return await runToEnd(process.execPath, [...nodeArgs, JEST, '--config', JSON.stringify(all), ...args], {
    env: { POWERRAG_BASE_URL: baseUrl },
    cwd: FOLDER,
  });
}

async function recordingSink(): Promise<RecordingSink> {
  const sink = await startRecordingSink();
  onTestFinished(() => sink.close());
  return sink;
}

/** Of the exporter, of Jest about a global scope that is gone, of Node about handlers that pile up. */
const COMPLAINT = /powerrag|JEST-\d|torn down|did not exit|open handle|Warning: Possible/i;

const RUNS = [
  ['one after the other', ['--runInBand']],
  ['in workers', ['--maxWorkers=2']],
  ['looking for open handles', ['--runInBand', '--detectOpenHandles']],
] as const;

describe('Jest with test files that import @powerrag/exporter/register', () => {
  it.each(RUNS)('%s, passes without any output of ours, and spans arrive', async (_name, args) => {
    const sink = await recordingSink();
    const { code, stderr } = await runJest({ baseUrl: sink.url, files: ['1', '2'], args });
    expect(stderr).not.toMatch(COMPLAINT);
    expect(code, stderr).toBe(0);
    expect(sink.spans.map(({ name }) => name)).toContain('flushed');
  });

  it('sends the spans of one file while the next file runs', async () => {
    const sink = await recordingSink();
    await runJest({ baseUrl: sink.url, files: ['1', '2'] });
    expect(sink.spans.map(({ name }) => name)).toEqual(['left behind', 'flushed']);
  });

  it.each(RUNS.slice(0, 2))('%s, passes where the server is down', async (_name, args) => {
    const baseUrl = `http://127.0.0.1:${await freePort()}`;
    const { code, stderr } = await runJest({ baseUrl, files: ['1', '2'], args });
    expect(stderr).not.toMatch(/JEST-\d|torn down|did not exit|open handle/i);
    expect(code, stderr).toBe(0);
  });

  it.each(['on', 'soft', 'off'])('passes where an observation ends after its file, globalsCleanup %s', async (mode) => {
    const sink = await recordingSink();
    const config = { testEnvironmentOptions: { globalsCleanup: mode } };
    const { code, stderr } = await runJest({ baseUrl: sink.url, files: ['late', '2'], config });
    expect(stderr).not.toMatch(/powerrag|torn down|rejection|TypeError/i);
    expect(code, stderr).toBe(0);
  });

  it('passes with ES modules', async () => {
    const sink = await recordingSink();
    const nodeArgs = ['--experimental-vm-modules'];
    const { code, stderr } = await runJest({ baseUrl: sink.url, files: ['module'], nodeArgs });
    expect(code, stderr).toBe(0);
    expect(sink.spans.map(({ name }) => name)).toEqual(['flushed']);
  });

  it('passes in an environment that is like a browser', async () => {
    const sink = await recordingSink();
    const config = { testEnvironment: join(FOLDER, 'like-a-browser.cjs') };
    const { code, stderr } = await runJest({ baseUrl: sink.url, files: ['2'], config });
    expect(stderr).not.toMatch(COMPLAINT);
    expect(code, stderr).toBe(0);
    expect(sink.spans.map(({ name }) => name)).toEqual(['flushed']);
  });

  it('shows a test what was recorded in memory, and sends none of it', async () => {
    const sink = await recordingSink();
    const { code, stderr } = await runJest({ baseUrl: sink.url, files: ['recipe'] });
    expect(stderr).not.toMatch(COMPLAINT);
    expect(code, stderr).toBe(0);
    expect(sink.spans).toEqual([]);
  });

  it('passes where modules are loaded again', async () => {
    const sink = await recordingSink();
    const { code, stderr } = await runJest({ baseUrl: sink.url, files: ['reset-modules'] });
    expect(code, stderr).toBe(0);
  });
});

describe('Jest with fake timers', () => {
  it.each([
    ['put on by the test', {}],
    ['put on before the exporter is loaded', { fakeTimers: { enableGlobally: true } }],
    [
      'of the older kind, put on before the exporter is loaded',
      { fakeTimers: { enableGlobally: true, legacyFakeTimers: true } },
    ],
  ])('%s: still flushes and shuts down, and keeps working', async (_name, config) => {
    const sink = await recordingSink();
    const { code, stderr } = await runJest({ baseUrl: sink.url, files: ['fake-timers'], config });
    expect(code, stderr).toBe(0);
    expect(sink.spans).toHaveLength(5);
  });
});
