import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';

/** Types only: comments may change without a review of the interface. */
function withoutComments(declarations: string): string {
  return declarations.replace(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, '').replace(/\n{2,}/g, '\n');
}

it('the public types of @powerrag/tracing are the reviewed ones (run with -u after a change that is meant)', async () => {
  const entry = createRequire(import.meta.url).resolve('@powerrag/tracing');
  const declarations = readFileSync(entry.replace(/index\.cjs$/, 'index.d.ts'), 'utf8');
  await expect(withoutComments(declarations)).toMatchFileSnapshot('../../packages/tracing/public-types.txt');
});
