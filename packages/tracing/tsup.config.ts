import { defineConfig } from 'tsup';
import { baseOptions } from '../../tsup.base.js';

// For `using`, in programs whose own libraries do not have it.
const banner = '/// <reference lib="esnext.disposable" />';

export default defineConfig([
  {
    ...baseOptions,
    entry: ['src/index.ts'],
    platform: 'neutral',
    // Of the other build, which runs at the same time.
    clean: ['!testing/**'],
    dts: { ...baseOptions.dts, banner },
  },
  // Apart, so that nothing of it is in what an application loads. What both have in common is in the process, not in a module.
  {
    ...baseOptions,
    entry: ['src/testing/index.ts'],
    outDir: 'dist/testing',
    platform: 'node',
    removeNodeProtocol: false,
    dts: { compilerOptions: { ...baseOptions.dts.compilerOptions, types: ['node'] }, banner },
  },
]);
