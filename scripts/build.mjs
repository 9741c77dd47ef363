import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, root, run, say, script } from './lib/run.mjs';
import { fingerprint, isDone, setDone } from './lib/stamp.mjs';

/**
 * What is built, in order of dependency. `inputs` are the files that a build reads beyond its own folder.
 * @type {readonly { folder: string, tool: 'tsup' | 'vite', inputs: readonly string[] }[]}
 */
const builds = [
  { folder: 'packages/web', tool: 'vite', inputs: ['packages/protocol/src'] },
  { folder: 'packages/tracing', tool: 'tsup', inputs: ['packages/protocol/src'] },
  { folder: 'packages/exporter', tool: 'tsup', inputs: ['packages/protocol/src'] },
  {
    folder: 'packages/server',
    tool: 'tsup',
    inputs: ['packages/protocol/src', 'packages/web/src', 'packages/web/index.html', 'packages/web/vite.config.ts'],
  },
  { folder: 'examples/sessions', tool: 'tsup', inputs: [] },
  { folder: 'examples/rag-chat', tool: 'tsup', inputs: [] },
  { folder: 'examples/docs', tool: 'tsup', inputs: [] },
  { folder: 'examples/aws-lambda', tool: 'tsup', inputs: [] },
  { folder: 'examples/cloud-run', tool: 'tsup', inputs: [] },
];

/** Builds every package whose sources changed since it was last built. */
export async function build() {
  const shared = ['pnpm-lock.yaml', 'tsconfig.base.json', 'tsup.base.ts'];
  for (const { folder, tool, inputs } of builds) {
    const config = tool === 'tsup' ? 'tsup.config.ts' : 'vite.config.ts';
    const own = ['src', 'package.json', 'tsconfig.json', 'index.html', 'public', 'build', config].map(
      (name) => `${folder}/${name}`,
    );
    const mark = fingerprint([...shared, ...own, ...inputs]);
    const name = folder.replace('/', '-');
    if (isDone(name, mark) && existsSync(join(root, folder, 'dist'))) continue;
    say(`Building ${folder} …`);
    const program = join(
      root,
      folder === 'packages/web' ? `${folder}/node_modules/vite/bin/vite.js` : 'node_modules/tsup/dist/cli-default.js',
    );
    await run(process.execPath, [program, ...(tool === 'vite' ? ['build'] : [])], {
      cwd: join(root, folder),
      quiet: true,
    });
    setDone(name, mark);
  }
}

if (isMain(import.meta.url)) {
  await script(async () => {
    const { setUp } = await import('./setup.mjs');
    await setUp();
    await build();
  });
}
