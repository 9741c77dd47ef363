import { join } from 'node:path';
import { build } from './build.mjs';
import { root, run, say, script } from './lib/run.mjs';
import { setUp } from './setup.mjs';

/** `npm test`: sets up, builds and runs the tests. Arguments go to vitest; without `--project` the unit and e2e projects run. */
await script(async () => {
  await setUp();
  await build();
  const args = process.argv.slice(2);
  const projects = args.includes('--project') ? [] : ['--project', 'unit', '--project', 'e2e'];
  say('Running the tests …');
  await run(process.execPath, [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--typecheck',
    ...projects,
    ...args,
  ]);
});
