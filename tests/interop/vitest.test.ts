import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRecordingSink } from '../e2e/recording-sink.js';
import { runToEnd } from '../support/child-process.js';

const FOLDER = join(import.meta.dirname, 'vitest');
const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

describe('Vitest with test files that import @powerrag/exporter/register and fake time', () => {
  it.each([
    '--pool=forks',
    '--pool=threads',
    '--pool=forks --no-isolate --maxWorkers=1',
    '--pool=threads --no-isolate --maxWorkers=1',
    '--pool=vmForks --maxWorkers=1',
    '--pool=vmThreads --maxWorkers=1',
  ])('passes with %s, and spans arrive', async (args) => {
    const sink = await startRecordingSink();
    onTestFinished(() => sink.close());
    const { code, stderr, stdout } = await runToEnd(
      process.execPath,
      [VITEST, 'run', '--root', FOLDER, ...args.split(' ')],
      { env: { POWERRAG_BASE_URL: sink.url }, cwd: FOLDER },
    );
    expect(code, stdout + stderr).toBe(0);
    expect(stdout + stderr).not.toMatch(/Unhandled|hanging|MaxListeners|cannot reach/i);
    expect(sink.spans.filter(({ name }) => name === 'call')).toHaveLength(6);
  });
});
