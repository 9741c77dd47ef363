import { cpSync, existsSync, rmSync } from 'node:fs';
import { defineConfig } from 'tsup';
import { baseOptions } from '../../tsup.base.js';

export default defineConfig([
  { ...baseOptions, entry: ['src/index.ts'], platform: 'node', shims: true },
  {
    ...baseOptions,
    // The command, and the program of its worker threads.
    entry: ['src/main.ts', 'src/worker.ts'],
    platform: 'node',
    format: ['esm'],
    dts: false,
    clean: false,
    async onSuccess() {
      if (!existsSync('../web/dist')) return;
      // The names of assets hold a hash of their content: a copy over the last build would keep its files as well.
      rmSync('dist/page', { recursive: true, force: true });
      cpSync('../web/dist', 'dist/page', { recursive: true });
    },
  },
]);
