import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { PUBLISHED, packInto } from './lib/pack.mjs';
import { inPairs, root, run, say, script } from './lib/run.mjs';
import { npm, setUp } from './setup.mjs';

/**
 * Checks the packages as npm would serve them: packs each, checks the tarball with publint and attw, then installs
 * all of them in an empty folder, looks for README, LICENSE and CHANGELOG of each, and uses them from ESM and from CommonJS.
 */
await script(async () => {
  await setUp();
  await build();
  const folder = mkdtempSync(join(tmpdir(), 'powerrag-pack-'));
  try {
    say('Packing …');
    const tarballs = await packInto(folder);
    say('Checking the tarballs with publint and attw …');
    const node = process.execPath;
    await inPairs(
      tarballs.flatMap((tarball) => [
        () => run(node, [join(root, 'node_modules/publint/src/cli.js'), '--strict', tarball], { quiet: true }),
        () =>
          run(node, [join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js'), tarball, '--profile', 'node16'], {
            quiet: true,
          }),
      ]),
    );
    say('Using the tarballs from an empty folder …');
    await useInstalled(folder, tarballs);
    console.log('The packages are sound.');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/**
 * @param {string} parent
 * @param {readonly string[]} tarballs
 */
async function useInstalled(parent, tarballs) {
  const folder = join(parent, 'application');
  const manifest = {
    private: true,
    dependencies: {
      '@opentelemetry/api': '1.9.1',
      ...Object.fromEntries(tarballs.map((tarball) => [packageName(tarball), `file:${tarball}`])),
    },
  };
  const imports = `register({ baseUrl: 'http://127.0.0.1:9' });
const span = startObservation('packed', { input: 'in' });
if (!/^[0-9a-f]{32}$/.test(span.traceId) || /^0+$/.test(span.traceId)) throw new Error('the span does not record: ' + span.traceId);
span.end();
process.exit(0);
`;
  mkdirSync(folder);
  const files = {
    'package.json': JSON.stringify(manifest),
    'esm.mjs': `import { startObservation } from '@powerrag/tracing';\nimport { register } from '@powerrag/exporter';\n${imports}`,
    'cjs.cjs': `const { startObservation } = require('@powerrag/tracing');\nconst { register } = require('@powerrag/exporter');\n${imports}`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  await run(npm(), ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: folder,
    quiet: true,
  });
  for (const name of PUBLISHED) {
    for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) {
      if (!existsSync(join(folder, 'node_modules/@powerrag', name, file)))
        throw new Error(`the tarball of @powerrag/${name} has no ${file}`);
    }
  }
  await run(process.execPath, ['esm.mjs'], { cwd: folder, quiet: true });
  await run(process.execPath, ['cjs.cjs'], { cwd: folder, quiet: true });
  await run(process.execPath, ['node_modules/@powerrag/server/bin/powerrag.js', '--version'], {
    cwd: folder,
    quiet: true,
  });
}

/** @param {string} tarball such as powerrag-tracing-0.1.0.tgz */
function packageName(tarball) {
  const name = /powerrag-([a-z]+)-[^/\\]*\.tgz$/.exec(tarball)?.[1];
  if (!name) throw new Error(`not one of our tarballs: ${tarball}`);
  return `@powerrag/${name}`;
}
