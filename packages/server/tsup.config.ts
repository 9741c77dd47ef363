import { defineConfig } from 'tsup';
import { baseOptions } from '../../tsup.base.js';

export default defineConfig([
  { ...baseOptions, entry: ['src/index.ts'], platform: 'node' },
  { ...baseOptions, entry: ['src/main.ts'], platform: 'node', format: ['esm'], dts: false, clean: false },
]);
