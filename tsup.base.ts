import type { Options } from 'tsup';

/** What every package's build has in common: ESM, CommonJS and types, with the private protocol package bundled in. */
export const baseOptions: Options = {
  format: ['esm', 'cjs'],
  target: 'es2022',
  // tsup passes `baseUrl` to the compiler, which TypeScript 6 deprecates.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' }, resolve: [/^@powerrag\/protocol/] },
  noExternal: [/^@powerrag\/protocol/],
  sourcemap: true,
  clean: true,
};
