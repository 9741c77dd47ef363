import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runToEnd } from '../support/child-process.js';

const ENVIRONMENT = join(import.meta.dirname, '../../.cache/python');
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
/** Written last, so that an interrupted installation is repeated. Holds the requirements that were installed. */
const INSTALLED = join(ENVIRONMENT, 'installed.txt');
const PYTHON = join(ENVIRONMENT, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

/**
 * Path of a Python that has the pinned langfuse SDK, in a virtual environment that is made on first use and kept
 * until the requirements change. The error says what to install when the machine lacks Python or its venv module.
 */
export async function pythonWithLangfuse(): Promise<string> {
  const requirements = readFileSync(REQUIREMENTS, 'utf8');
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === requirements) return PYTHON;

  await rm(ENVIRONMENT, { recursive: true, force: true });
  await mkdir(dirname(ENVIRONMENT), { recursive: true });
  await run('python3', ['-m', 'venv', ENVIRONMENT], 'These tests need Python 3.10 or later with its venv module');
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
  await run(PYTHON, install, 'pip could not install tests/python/requirements.txt');
  await writeFile(INSTALLED, requirements);
  return PYTHON;
}

async function run(command: string, args: readonly string[], failure: string): Promise<void> {
  const exit = await runToEnd(command, args).catch((cause: unknown) => {
    throw new Error(`${failure}: ${command} could not be started`, { cause });
  });
  if (exit.code !== 0) throw new Error(`${failure}: ${command} ${args.join(' ')}\n${exit.stdout}${exit.stderr}`);
}
