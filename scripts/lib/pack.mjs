import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { npx, packageManager } from '../setup.mjs';
import { root, run } from './run.mjs';

/** The packages that npm users install. */
export const PUBLISHED = /** @type {const} */ (['tracing', 'exporter', 'server']);

/**
 * Packs every published package as npm would serve it. Build first.
 * @param {string} folder an existing folder; gets one `powerrag-NAME-VERSION.tgz` for each package
 * @returns {Promise<string[]>} the paths of the tarballs
 */
export async function packInto(folder) {
  for (const name of PUBLISHED) {
    await run(npx(), ['--yes', packageManager(), 'pack', '--pack-destination', folder], {
      cwd: join(root, 'packages', name),
      quiet: true,
    });
  }
  return readdirSync(folder)
    .filter((file) => file.endsWith('.tgz'))
    .map((file) => join(folder, file));
}
