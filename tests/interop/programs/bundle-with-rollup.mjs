import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';

/** Bundles a program as an ES module: `node bundle-with-rollup.mjs <entry> <folder> [module that is ignored]`. */
const [input, dir, ...ignore] = process.argv.slice(2);
const packages = resolve({ preferBuiltins: true, exportConditions: ['node'] });
const bundle = await rollup({ input, plugins: [packages, commonjs({ ignore })], onLog() {} });
await bundle.write({ dir, format: 'es', entryFileNames: 'app.mjs' });
