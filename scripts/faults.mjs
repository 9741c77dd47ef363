import { join } from 'node:path';
import { build } from './build.mjs';
import { root, run, script } from './lib/run.mjs';
import { npm, setUp } from './setup.mjs';

/** `npm run faults`: sets up, builds and runs the fault scenarios. Arguments go to tests/faults/report/main.ts. */
await script(async () => {
  await setUp();
  await build();
  const args = ['run', '--silent', 'faults', '--', ...process.argv.slice(2)];
  await run(npm(), args, { cwd: join(root, 'tests') });
});
