import { symlinkSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startRecordingSink } from '../e2e/recording-sink.js';
import { startChild } from '../support/child-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Each row of the table in `docs/bundlers.md`. */

const PROGRAM = `
import { register } from '@powerrag/exporter';
import { observe } from '@powerrag/tracing';
const tracing = register({ baseUrl: process.env.POWERRAG_BASE_URL });
observe(async () => 'Paris.', { name: 'call' })().then(() => tracing.forceFlush());
`;
const REQUIRE = "import { createRequire } from 'module'; const require = createRequire(import.meta.url);";
const RENAMED = "import { createRequire as cr } from 'module'; const require = cr(import.meta.url);";

let folder: string;
let entry: string;
beforeAll(() => {
  folder = temporaryFolder();
  symlinkSync(join(import.meta.dirname, '../node_modules'), join(folder, 'node_modules'));
  entry = join(folder, 'app.mjs');
  writeFileSync(entry, PROGRAM);
});

/** What arrives of the call that the bundle observes, and what it writes to standard error. */
async function run(file: string) {
  const sink = await startRecordingSink();
  onTestFinished(() => sink.close());
  const child = startChild(process.execPath, [file], { env: { POWERRAG_BASE_URL: sink.url } });
  await child.ended;
  return { arrived: sink.spans.map(({ name }) => name), stderr: child.stderr() };
}

describe('a bundle of esbuild', () => {
  const bundled = async (name: string, options: Parameters<typeof build>[0]) => {
    const outfile = join(folder, name);
    await build({ entryPoints: [entry], bundle: true, platform: 'node', outfile, logLevel: 'silent', ...options });
    return run(outfile);
  };

  it.each([
    ['that leaves packages out', 'external.mjs', { format: 'esm', packages: 'external' }],
    ['in CommonJS', 'one.cjs', { format: 'cjs' }],
    ['as an ES module with the usual banner', 'banner.mjs', { format: 'esm', banner: { js: REQUIRE } }],
    ['as an ES module with the banner of other names', 'renamed.mjs', { format: 'esm', banner: { js: RENAMED } }],
  ] as const)('%s sends what is observed', async (_how, name, options) => {
    expect(await bundled(name, options)).toEqual({ arrived: ['call'], stderr: '' });
  });

  it('as an ES module without a banner has no `require`, as the page says', async () => {
    const { arrived, stderr } = await bundled('no-banner.mjs', { format: 'esm' });
    expect(arrived).toEqual([]);
    expect(stderr).toContain('Dynamic require of "util" is not supported');
  });
});

// Rollup takes long on a busy machine.
describe('a bundle of Rollup as an ES module', { timeout: 300_000 }, () => {
  const bundled = async (name: string, ...ignored: string[]) => {
    const program = join(import.meta.dirname, 'programs/bundle-with-rollup.mjs');
    const rollup = startChild(process.execPath, [program, entry, join(folder, name), ...ignored]);
    await rollup.ended;
    expect(rollup.stderr()).toBe('');
    return run(join(folder, name, 'app.mjs'));
  };

  it('sends what is observed, with the settings of the page', async () => {
    expect(await bundled('ignoring', 'node:sqlite')).toEqual({
      arrived: ['call'],
      stderr: '',
    });
  });

  it('needs them where Node has no `node:sqlite`, and then says what is missing', async () => {
    const { arrived, stderr } = await bundled('plain');
    const missing = 'spans could not be sent and are kept: No such built-in module: node:sqlite';
    expect({ arrived, isMissing: stderr.includes(missing) }).toEqual(
      isBuiltin('node:sqlite') ? { arrived: ['call'], isMissing: false } : { arrived: [], isMissing: true },
    );
  });
});
