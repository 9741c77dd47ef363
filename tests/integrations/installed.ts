import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../e2e/example-programs.js';
import { type Exit, runToEnd, startChild } from '../support/child-process.js';

const EXAMPLE = join(PROJECT_FOLDER, 'examples/integrations');
/** At the same depth as the example, so that its relative paths work. */
const FOLDER = join(PROJECT_FOLDER, '.cache/integrations');
/** Written last, so that an interrupted installation is repeated. Holds a hash of what it was made from. */
const INSTALLED = join(FOLDER, 'installed.txt');

/** Before all tests, which run at the same time. */
export const setup = installIntegrations;

/** Some of the libraries need a newer Node than runs the tests. */
const node = execFileSync(process.execPath, [join(PROJECT_FOLDER, 'scripts/runtimes.mjs'), 'node-22'], {
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .at(-1);

/**
 * Installs the libraries and the built packages as an application would, and copies the programs beside them. The libraries are kept
 * until their list changes.
 */
async function installIntegrations(): Promise<void> {
  const mark = createHash('sha256')
    .update(readFileSync(join(EXAMPLE, 'package-lock.json')))
    .digest('hex');
  if (!existsSync(INSTALLED) || readFileSync(INSTALLED, 'utf8') !== mark) {
    await rm(FOLDER, { recursive: true, force: true });
    await mkdir(FOLDER, { recursive: true });
    for (const file of ['package.json', 'package-lock.json', '.npmrc'])
      await cp(join(EXAMPLE, file), join(FOLDER, file));
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--engine-strict=false'];
    const { code, stdout, stderr } = await runToEnd('npm', ['ci', ...quiet], { cwd: FOLDER });
    if (code !== 0) throw new Error(`npm ci ended with ${code}:\n${stdout}\n${stderr}`);
    await writeFile(INSTALLED, mark);
  }
  for (const name of ['tracing', 'exporter']) {
    const installed = join(FOLDER, 'node_modules/@powerrag', name, 'dist');
    await rm(installed, { recursive: true, force: true });
    await cp(join(PROJECT_FOLDER, 'packages', name, 'dist'), installed, { recursive: true });
  }
  await copyPrograms(join(EXAMPLE, 'src'), join(FOLDER, 'src'));
  await copyPrograms(join(import.meta.dirname, 'programs'), join(FOLDER, 'programs'));
  await cp(join(EXAMPLE, 'tsconfig.json'), join(FOLDER, 'tsconfig.json'));
}

async function copyPrograms(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) await cp(join(from, name), join(to, name));
}

/** The compiler's errors in the programs, with the types of the libraries. */
export async function typeErrors(): Promise<string> {
  const compiler = join(PROJECT_FOLDER, 'node_modules/typescript/bin/tsc');
  return (await runToEnd(process.execPath, [compiler, '-p', FOLDER], { cwd: FOLDER })).stdout;
}

/** Runs an installed program, such as `src/openai.ts`, to its end. */
export async function runProgram(
  program: string,
  env: Record<string, string>,
  args: readonly string[] = [],
): Promise<Exit & { readonly stdout: string; readonly stderr: string }> {
  return await runToEnd(node ?? '', ['--import', 'tsx', program, ...args], { cwd: FOLDER, env });
}

/** Starts an installed program that serves until it is stopped. */
export function startProgram(program: string, env: Record<string, string>) {
  return startChild(node ?? '', ['--import', 'tsx', program], { cwd: FOLDER, env });
}
