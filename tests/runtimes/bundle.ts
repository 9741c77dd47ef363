import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { PROJECT_FOLDER } from '../e2e/example-programs.js';
import { temporaryFolder } from '../support/temporary-folder.js';

export interface Bundle {
  /** Path of the bundle, one ES module. */
  readonly file: string;
  /** What is imported when it runs. */
  readonly imports: readonly string[];
  /** What the built tracing package imports, as written. */
  readonly importsOfTracing: readonly string[];
}

export type Target = 'node' | 'browser';

const TRACING = 'packages/tracing/dist/index.js';

/**
 * Node's modules are imported by their `node:` names, which every runtime that has them knows, and never required: the context
 * manager is CommonJS, and an ES module has no `require`.
 */
const nodeModules: Plugin = {
  name: 'node-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(async_hooks|events|util)$/ }, ({ path }) => ({ path, namespace: 'node' }));
    onLoad({ filter: /.*/, namespace: 'node' }, ({ path }) => ({ contents: `export * from 'node:${path}'` }));
  },
};

/**
 * One file of a program of this folder, with the built `@powerrag/tracing` and OpenTelemetry's SDK in it.
 * @param target what the packages in it are to take the runtime for: `node` where it has Node's modules, else `browser`
 * @param globalName makes a script of it that puts its exports there; default is an ES module
 */
export async function bundle(program: string, target: Target, globalName?: string): Promise<Bundle> {
  const file = join(temporaryFolder(), `${program}.js`);
  const { metafile } = await build({
    absWorkingDir: PROJECT_FOLDER,
    entryPoints: [join(import.meta.dirname, 'programs', `${program}.ts`)],
    outfile: file,
    bundle: true,
    metafile: true,
    target: 'es2022',
    keepNames: true,
    platform: target,
    mainFields: [...(target === 'browser' ? ['browser'] : []), 'module', 'main'],
    logLevel: 'silent',
    ...(globalName ? { format: 'iife', globalName } : { format: 'esm' }),
    plugins: target === 'node' ? [nodeModules] : [],
  });
  return {
    file,
    imports: externals(Object.values(metafile.outputs)),
    importsOfTracing: importsOf(metafile, TRACING),
  };
}

function externals(outputs: readonly Metafile['outputs'][string][]): string[] {
  return [...new Set(outputs.flatMap((output) => output.imports.map(({ path }) => path)))].sort();
}

/** Without what the bundler puts in itself. */
function importsOf(metafile: Metafile, file: string): string[] {
  const imports = metafile.inputs[file]?.imports;
  if (!imports) throw new Error(`${file} is not in the bundle`);
  return [...new Set(imports.map(({ original, path }) => original ?? path))].filter((path) => path !== '<runtime>');
}
