import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { VERSION } from './version.js';

it('the version that requests name is that of the package', () => {
  expect(createRequire(import.meta.url)('../../package.json')).toHaveProperty('version', VERSION);
});
