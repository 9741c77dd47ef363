import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from '../support/child-process.js';

const ROOT = join(import.meta.dirname, '../..');
/** At the same depth as the example, so that its relative paths work. */
const FOLDER = join(ROOT, '.cache/nextjs');
/** Written last, so that an interrupted build is repeated. Holds a hash of what was built. */
const BUILT = join(FOLDER, 'built.txt');
/** What a user's own build leaves in the folder of the example. */
const GENERATED = /[\\/](node_modules|\.next|next-env\.d\.ts)([\\/]|$)/;
const SOURCES = ['examples/nextjs', 'packages/tracing/dist', 'packages/exporter/dist'];

/**
 * The folder of the Next.js example, installed and built as a user would, from a copy and with the built packages. It is kept until
 * the example or the packages change.
 */
export async function builtNextApplication(): Promise<string> {
  const mark = await fingerprint();
  if (existsSync(BUILT) && readFileSync(BUILT, 'utf8') === mark) return FOLDER;

  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  await cp(join(ROOT, 'examples/nextjs'), FOLDER, { recursive: true, filter: (path) => isSource(path) });
  await run('install', '--ignore-scripts', '--no-audit', '--no-fund');
  await run('run', 'build');
  await writeFile(BUILT, mark);
  return FOLDER;
}

function isSource(path: string): boolean {
  return !GENERATED.test(path.slice(ROOT.length));
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  for (const source of SOURCES) {
    const entries = await readdir(join(ROOT, source), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter(isSource);
    for (const file of files.sort()) hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex');
}

async function run(...args: string[]): Promise<void> {
  const command = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { code, stdout, stderr } = await runToEnd(command, args, {
    cwd: FOLDER,
    env: { NEXT_TELEMETRY_DISABLED: '1' },
  });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
}
