import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { SpanAttributeKeys } from '../../protocol/src/attribute-keys.js';

const API = '@opentelemetry/api';
const ONE_IMPORT = 'one-import-of-the-api';

/**
 * Makes the published files smaller in what bundlers leave as it is. `SpanAttributeKeys.observationInput` in our sources is written as the
 * text that it is: an object is kept whole, so that a program that records three keys would carry all of them. And what all sources
 * import from the OpenTelemetry API becomes one import, of which each name is shared.
 */
export const inlineKeys: Plugin = {
  name: 'inline-keys',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /[\\/]packages[\\/]tracing[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source
        .replace(/\bSpanAttributeKeys\.(\w+)/g, (name, key) =>
          Object.hasOwn(SpanAttributeKeys, key) ? JSON.stringify(Reflect.get(SpanAttributeKeys, key)) : name,
        )
        .replace(`from '${API}'`, `from '${ONE_IMPORT}'`);
      return { contents, loader: 'ts' };
    });
    onResolve({ filter: new RegExp(`^${ONE_IMPORT}$`) }, ({ importer }) => ({
      path: ONE_IMPORT,
      namespace: ONE_IMPORT,
      sideEffects: false,
      pluginData: importer.replace(/([\\/]packages[\\/]tracing[\\/]src)[\\/].*/, '$1'),
    }));
    onLoad({ filter: /^/, namespace: ONE_IMPORT }, ({ pluginData: folder }: { readonly pluginData: string }) => ({
      contents: `export { ${namesFromApi(folder).join(', ')} } from '${API}';`,
      resolveDir: folder,
    }));
  },
};

/** The values that sources import from the API. Another version of it may lack the names that none imports. */
function namesFromApi(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(IMPORT)])
    .flatMap(([, list = '']) => list.split(',').map((name) => name.trim()))
    .filter((name) => /^\w+$/.test(name));
  return [...new Set(names)].sort();
}

const IMPORT = new RegExp(`import \\{([^}]*)\\} from '${API}'`, 'g');
