import { defineConfig } from 'tsup';
import { baseOptions } from '../../tsup.base.js';

export default defineConfig({
  ...baseOptions,
  entry: ['src/index.ts', 'src/register-now.ts'],
  platform: 'node',
  // For `import.meta.url` in CommonJS.
  shims: true,
  esbuildOptions(options, { format }) {
    // Test runners that run CommonJS in a context of their own, Jest above all, allow no import() there. It becomes a require,
    // still at the time of the call.
    if (format === 'cjs') options.supported = { 'dynamic-import': false };
  },
});
