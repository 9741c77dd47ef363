import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runToEnd } from '../support/child-process.js';

const PROGRAM = join(import.meta.dirname, 'programs/many-traces.mjs');
/** `POWERRAG_LONG_TESTS=1` for the million that is promised; as many as show a leak of 30 bytes a trace otherwise. */
const TRACES = process.env.POWERRAG_LONG_TESTS === '1' ? 1_000_000 : 200_000;
const SLACK_BYTES = 3 * 1024 * 1024;
/** Far longer than needed: only a hang exceeds it. */
const TIMEOUT_MS = 300_000;

it(
  'the second half of many traces, abandoned ones among them, takes no more memory than the first',
  async () => {
    const { code, stderr, stdout } = await runToEnd(process.execPath, ['--expose-gc', PROGRAM, String(TRACES)]);
    expect(code, stderr).toBe(0);
    const [half = 0, all = 0] = JSON.parse(stdout);
    expect(half).toBeGreaterThan(0);
    expect(all - half).toBeLessThan(SLACK_BYTES);
  },
  TIMEOUT_MS,
);
