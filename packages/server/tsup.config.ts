import { cpSync, existsSync } from 'node:fs';
import { defineConfig } from 'tsup';
import { baseOptions } from '../../tsup.base.js';

export default defineConfig([
  { ...baseOptions, entry: ['src/index.ts'], platform: 'node', shims: true },
  {
    ...baseOptions,
    entry: ['src/main.ts'],
    platform: 'node',
    format: ['esm'],
    dts: false,
    clean: false,
    async onSuccess() {
      if (existsSync('../web/dist')) cpSync('../web/dist', 'dist/page', { recursive: true });
    },
  },
]);
