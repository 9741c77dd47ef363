import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runToEnd } from '../support/child-process.js';

it('an observed function that returns an object does not make Node load its fetch, which takes tens of milliseconds', async () => {
  const { stdout } = await runToEnd(process.execPath, [join(import.meta.dirname, 'programs/observe-object.mjs')]);
  expect(JSON.parse(stdout)).toEqual({ before: false, after: false, named: true });
});
