import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runToEnd } from '../support/child-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const PROGRAM = join(import.meta.dirname, 'programs/spool-many.mjs');
/** Enough batches for five hours of an outage, at two a second. */
const BATCHES = 40_000;
const SLACK_BYTES = 1024 * 1024;
/** Far longer than needed: only a hang exceeds it. */
const TIMEOUT_MS = 120_000;

it(
  'the second half of a long outage takes no more memory than the first, however many batches are on disk',
  async () => {
    const folder = join(temporaryFolder(), 'spool');
    const { code, stderr, stdout } = await runToEnd(process.execPath, [
      '--expose-gc',
      PROGRAM,
      folder,
      String(BATCHES),
    ]);
    expect(code, stderr).toBe(0);
    const { all, half, stats } = JSON.parse(stdout);
    expect(stats).toMatchObject({ ended: BATCHES, pending: BATCHES });
    expect(half).toBeGreaterThan(0);
    expect(all - half).toBeLessThan(SLACK_BYTES);
  },
  TIMEOUT_MS,
);
