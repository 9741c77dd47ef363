import { join } from 'node:path';
import { build } from './build.mjs';
import { root, run, say, script } from './lib/run.mjs';
import { installRuntimes } from './runtimes.mjs';
import { setUp } from './setup.mjs';

/** `npm run test:runtimes`: the tracing package in each runtime. */
await script(async () => {
  await setUp();
  await build();
  await installRuntimes();
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  say('Testing in every runtime …');
  await run(process.execPath, [vitest, 'run', '--project', 'runtimes']);
});
