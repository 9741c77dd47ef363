import type { Options } from 'tsup';

/** What every package's build has in common: ESM, CommonJS and types, with the private protocol package bundled in. */
export const baseOptions = {
  format: ['esm', 'cjs'],
  target: 'es2022',
  dts: {
    compilerOptions: {
      // tsup passes `baseUrl` to the compiler, which TypeScript 6 deprecates.
      ignoreDeprecations: '6.0',
      // Members marked `@internal` are for the package's own modules and tests.
      stripInternal: true,
      // As a source of ours, and so inlined: from a package, the bundler of types takes over only the entry file.
      paths: { '@powerrag/protocol': ['../protocol/src/index.ts'] },
    },
  },
  noExternal: [/^@powerrag\/protocol/],
  sourcemap: true,
  clean: true,
} satisfies Options;
