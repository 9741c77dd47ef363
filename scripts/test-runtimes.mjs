import { join } from 'node:path';
import { build } from './build.mjs';
import { root, run, say, script } from './lib/run.mjs';
import { installRuntimes } from './runtimes.mjs';
import { setUp } from './setup.mjs';

/** `npm run test:runtimes`: the tracing package in each runtime, and our suites with OpenTelemetry's SDK 3, which needs Node 22.15. */
await script(async () => {
  await setUp();
  await build();
  const programs = await installRuntimes();
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  say('Testing in every runtime …');
  await run(process.execPath, [vitest, 'run', '--project', 'runtimes']);
  say('Testing with OpenTelemetry SDK 3 on Node 24 …');
  await run(programs['node-24'] ?? '', [vitest, 'run', '--project', 'sdk-3']);
});
