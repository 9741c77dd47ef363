import { build } from './build.mjs';
import { run, say, script } from './lib/run.mjs';
import { npm, setUp } from './setup.mjs';

/** `npm run check`: every check that runs no test, cheapest first. */
await script(async () => {
  await setUp();
  await build();
  const steps = /** @type {const} */ ([
    ['lint', 'Checking format and lint rules'],
    ['check:imports', 'Checking imports'],
    ['typecheck', 'Checking types'],
    ['check:unused', 'Looking for unused files, exports and dependencies'],
    ['check:pack', 'Checking the packages as published'],
  ]);
  for (const [step, name] of steps) {
    say(`${name} …`);
    await run(npm(), ['run', '--silent', step]);
  }
});
