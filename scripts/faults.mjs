import { join } from 'node:path';
import { build } from './build.mjs';
import { root, run, script } from './lib/run.mjs';
import { npm, setUp } from './setup.mjs';

/**
 * `npm run faults` and `npm run faults:server`: sets up, builds and runs the fault scenarios of the exporter or of the server.
 * Arguments go to tests/faults/{report,server}/main.ts.
 */
await script(async () => {
  await setUp();
  await build();
  const [first, ...others] = process.argv.slice(2);
  const ofServer = first === '--server';
  const rest = ofServer || first === undefined ? others : [first, ...others];
  const args = ['run', '--silent', ofServer ? 'faults:server' : 'faults', '--', ...rest];
  await run(npm(), args, { cwd: join(root, 'tests') });
});
