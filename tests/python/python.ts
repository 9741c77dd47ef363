import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runToEnd } from '../support/child-process.js';

const CACHE = join(import.meta.dirname, '../../.cache');

/** Path of a Python that has the pinned langfuse SDK. See `pythonWith`. */
export function pythonWithLangfuse(): Promise<string> {
  return pythonWith('requirements.txt');
}

/** Before all tests, which run at the same time. */
export async function setup(): Promise<void> {
  await pythonWithLangfuse();
}

/**
 * Path of a Python that has what a file of this folder requires, in a virtual environment that is made on first use and kept
 * until the requirements change. The error says what to install when the machine lacks Python or its venv module.
 */
export async function pythonWith(requirementsFile: string): Promise<string> {
  const file = join(import.meta.dirname, requirementsFile);
  const requirements = readFileSync(file, 'utf8');
  const environment = join(
    CACHE,
    requirementsFile === 'requirements.txt' ? 'python' : `python-${dirname(requirementsFile)}`,
  );
  const python = join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  // Written last, so that an interrupted installation is repeated. Holds the requirements that were installed.
  const installed = join(environment, 'installed.txt');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === requirements) return python;

  await rm(environment, { recursive: true, force: true });
  await mkdir(CACHE, { recursive: true });
  await run('python3', ['-m', 'venv', environment], 'These tests need Python 3.10 or later with its venv module');
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', file];
  await run(python, install, `pip could not install tests/python/${requirementsFile}`);
  await writeFile(installed, requirements);
  return python;
}

async function run(command: string, args: readonly string[], failure: string): Promise<void> {
  const exit = await runToEnd(command, args).catch((cause: unknown) => {
    throw new Error(`${failure}: ${command} could not be started`, { cause });
  });
  if (exit.code !== 0) throw new Error(`${failure}: ${command} ${args.join(' ')}\n${exit.stdout}${exit.stderr}`);
}
