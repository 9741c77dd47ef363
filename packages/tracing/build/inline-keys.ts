import { readFile } from 'node:fs/promises';
import * as api from '@opentelemetry/api';
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
    onResolve({ filter: new RegExp(`^${ONE_IMPORT}$`) }, () => ({
      path: ONE_IMPORT,
      namespace: ONE_IMPORT,
      sideEffects: false,
    }));
    onLoad({ filter: /^/, namespace: ONE_IMPORT }, () => ({
      contents: `export { ${Object.keys(api)
        .filter((name) => name !== 'default' && name !== 'module.exports')
        .join(', ')} } from '${API}';`,
      resolveDir: import.meta.dirname,
    }));
  },
};
