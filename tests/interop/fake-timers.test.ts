import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRecordingSink } from '../e2e/recording-sink.js';
import { runToEnd } from '../support/child-process.js';

const PROGRAM = join(import.meta.dirname, 'programs/fake-timers.mjs');

async function run(...args: readonly string[]) {
  const sink = await startRecordingSink();
  onTestFinished(() => sink.close());
  const { code, stderr, stdout } = await runToEnd(process.execPath, ['--no-warnings', PROGRAM, ...args], {
    env: { POWERRAG_BASE_URL: sink.url },
    cwd: import.meta.dirname,
  });
  return { code, stderr, printed: JSON.parse(stdout), names: sink.spans.map(({ name }) => name) };
}

describe('forceFlush() and shutdown() while time is faked and stands still', () => {
  it.each([
    ['node:test', 'setTimeout setInterval setImmediate Date'],
    ['node:test', 'setTimeout'],
    ['node:test', 'setImmediate'],
    ['sinon', 'setTimeout setInterval setImmediate Date performance hrtime queueMicrotask'],
    ['sinon', 'setTimeout'],
    ['sinon', 'setImmediate'],
    ['sinon', 'queueMicrotask'],
    ['sinon', 'Date performance hrtime'],
  ])('send all, by %s: %s', async (library, kinds) => {
    const { names, ...rest } = await run(library, ...kinds.split(' '));
    const report = { delivered: 5, spooled: 0, dropped: 0, timedOut: false };
    expect(rest).toEqual({ code: 0, stderr: '', printed: { before: 0, under: [0, 0], after: 0, report } });
    expect(names).toEqual(Array(5).fill('call'));
  });

  it.each([
    ['sinon', 'everything', []],
    ['sinon', 'process.nextTick', ['nextTick']],
  ])(
    'resolve where %s fakes %s, with which Node has no network, and what is left goes out afterwards',
    async (library, _name, kinds) => {
      const { code, names, printed, stderr } = await run(library, ...kinds);
      expect(printed).toMatchObject({ before: 0, under: [1, 2], after: 0, report: { delivered: 4, timedOut: true } });
      expect(stderr).toContain('a test has faked process.nextTick');
      expect(code).toBe(0);
      expect(names).toHaveLength(4);
    },
  );
});
