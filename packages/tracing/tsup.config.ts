import { defineConfig } from 'tsup';
import { baseOptions } from '../../tsup.base.js';

export default defineConfig({
  ...baseOptions,
  entry: ['src/index.ts'],
  platform: 'neutral',
  dts: {
    ...baseOptions.dts,
    // For `using`, in programs whose own libraries do not have it.
    banner: '/// <reference lib="esnext.disposable" />',
  },
});
