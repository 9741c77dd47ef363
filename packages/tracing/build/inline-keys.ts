import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { SpanAttributeKeys } from '../../protocol/src/attribute-keys.js';

/**
 * Writes `SpanAttributeKeys.observationInput` in our sources as the text that it is. A bundler keeps an object whole, so that a program that
 * records three keys would carry all of them.
 */
export const inlineKeys: Plugin = {
  name: 'inline-keys',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]packages[\\/]tracing[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace(/\bSpanAttributeKeys\.(\w+)/g, (name, key) =>
        Object.hasOwn(SpanAttributeKeys, key) ? JSON.stringify(Reflect.get(SpanAttributeKeys, key)) : name,
      );
      return { contents, loader: 'ts' };
    });
  },
};
