import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll } from 'vitest';

/**
 * The program of the workers, built from source for one file of tests.
 *
 * @param program beside this file. Default: the server's own.
 */
export function workerFile(program = '../worker.ts'): string {
  const root = join(import.meta.dirname, '../..');
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object };
  // Within the package: there it finds its dependencies.
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'worker-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'worker.mjs');
  buildSync({
    ...{ entryPoints: [join(import.meta.dirname, program)], outfile, bundle: true },
    ...{ platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' },
    external: Object.keys(dependencies).flatMap((name) => [name, `${name}/*`]),
  });
  return outfile;
}
