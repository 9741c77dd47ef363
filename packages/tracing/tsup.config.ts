import { defineConfig } from 'tsup';
import { baseOptions } from '../../tsup.base.js';
import { inlineKeys } from './build/inline-keys.js';

// For `using` in programs whose `lib` does not have it. Declared here, since TypeScript before 5.2 has no such lib to refer to.
const banner = `declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
    readonly asyncDispose: unique symbol;
  }
  interface Disposable {
    [Symbol.dispose](): void;
  }
  interface AsyncDisposable {
    [Symbol.asyncDispose](): PromiseLike<void>;
  }
}`;

export default defineConfig([
  {
    ...baseOptions,
    entry: ['src/index.ts'],
    platform: 'neutral',
    esbuildPlugins: [inlineKeys],
    // Of the other builds, which run at the same time.
    clean: ['!testing/**', '!core.*', '!feedback.*'],
    dts: { ...baseOptions.dts, banner },
  },
  // Apart, so that each entry is one file: what a bundler is to leave out, it need not read.
  {
    ...baseOptions,
    entry: ['src/core.ts', 'src/feedback.ts'],
    platform: 'neutral',
    esbuildPlugins: [inlineKeys],
    clean: false,
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
