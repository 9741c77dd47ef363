import { run, script } from './lib/run.mjs';

/** The tests that take the pictures of the guides. */
const TESTS = ['tests/e2e/main-job.test.ts', 'tests/e2e/judging.test.ts', 'tests/e2e/views.test.ts'];

/** Renews docs/images: pictures of the page, and the animation of the README. */
await script(async () => {
  process.env.UPDATE_SCREENSHOTS = '1';
  await run(process.execPath, ['scripts/test.mjs', '--project', 'e2e', ...TESTS]);
});
