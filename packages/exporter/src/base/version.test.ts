import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { VERSION } from './version.js';

it('requests contain the version of the package', () => {
  expect(createRequire(import.meta.url)('../../package.json')).toHaveProperty('version', VERSION);
});
