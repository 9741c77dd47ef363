import { defineConfig } from 'tsup';
import { baseOptions } from '../../tsup.base.js';

export default defineConfig({
  ...baseOptions,
  entry: ['src/index.ts'],
  platform: 'neutral',
  dts: {
    // For `using`, in programs whose own libraries do not have it.
    banner: '/// <reference lib="esnext.disposable" />',
    compilerOptions: {
      ignoreDeprecations: '6.0',
      // As a source of ours, and so inlined: from a package, the bundler of types takes over only the entry file.
      paths: { '@powerrag/protocol': ['../protocol/src/index.ts'] },
    },
  },
});
