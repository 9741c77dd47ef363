import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from '../support/child-process.js';
import { type Language, PROGRAMS, type Program } from './program.js';

/** Where clients are installed. */
export const CACHE = join(import.meta.dirname, '../../.cache/clients');

export interface Installed {
  /** What runs the program, where its packages are found. */
  readonly command: string;
  readonly args: readonly string[];
  /** Major and minor version of a package that was installed. */
  versionOf(name: string): string;
}

/** Installs what the program needs into a folder of its own, newest versions first; once for each list of packages. */
export async function install(program: Program): Promise<Installed> {
  const folder = join(CACHE, program.name);
  const done = join(folder, 'installed.txt');
  const packages = program.packages.join('\n');
  if (!existsSync(done) || readFileSync(done, 'utf8') !== packages) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await LANGUAGES[program.language].install(folder, program);
    writeFileSync(done, packages);
  }
  return LANGUAGES[program.language].installed(folder, program);
}

interface Installer {
  install(folder: string, program: Program): Promise<void>;
  installed(folder: string, program: Program): Promise<Installed>;
}

const LANGUAGES: Readonly<Record<Language, Installer>> = {
  python: { install: installPython, installed: ofPython },
  javascript: { install: installNode, installed: ofNode },
  go: { install: installGo, installed: ofGo },
};

async function installPython(folder: string, { packages }: Program): Promise<void> {
  const python = join(folder, 'bin/python');
  await run('python3', ['-m', 'venv', folder]);
  // pip looks for versions that fit for minutes where uv takes seconds.
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'uv']);
  await run(join(folder, 'bin/uv'), ['pip', 'install', '--quiet', '--python', python, ...packages]);
}

async function installNode(folder: string, { packages }: Program): Promise<void> {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await run('npm', [
    'install',
    '--prefix',
    folder,
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--legacy-peer-deps',
    '--no-engine-strict',
    '--loglevel=error',
    ...packages,
  ]);
}

async function ofPython(folder: string, program: Program): Promise<Installed> {
  const command = join(folder, 'bin/python');
  const { stdout } = await run(join(folder, 'bin/uv'), ['pip', 'list', '--format', 'json', '--python', command]);
  const list = JSON.parse(stdout) as readonly { readonly name: string; readonly version: string }[];
  const versionOf = (name: string) => short(list.find((each) => each.name === name)?.version, name);
  return { command, args: [copyOf(folder, program, 'main.py')], versionOf };
}

async function ofNode(folder: string, program: Program): Promise<Installed> {
  const versionOf = (name: string) => {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
    const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
    return short(isManifest ? String(manifest.version) : undefined, name);
  };
  return { command: process.execPath, args: [copyOf(folder, program, 'main.mjs')], versionOf };
}

async function installGo(folder: string, { packages }: Program): Promise<void> {
  await runGo(folder, ['mod', 'init', 'recorded']);
  await runGo(folder, ['get', ...packages.map((name) => `${name}@latest`)]);
}

async function ofGo(folder: string, program: Program): Promise<Installed> {
  const binary = join(folder, 'recorded');
  await runGo(folder, ['build', '-mod=mod', '-o', binary, copyOf(folder, program, 'main.go')]);
  const { stdout } = await runGo(folder, ['list', '-mod=mod', '-m', '-f', '{{.Path}} {{.Version}}', 'all']);
  const versions = new Map(
    [...stdout.matchAll(/^(\S+) v(\S+)$/gm)].map(([, name = '', version = '']) => [name, version]),
  );
  return { command: binary, args: [], versionOf: (name) => short(versions.get(name), name) };
}

/** Go finds its modules by the folder it runs in. Throws an `Error` that says what to install where there is no Go. */
async function runGo(folder: string, args: readonly string[]) {
  try {
    return await run('go', args, folder);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw new Error(
      'Clients in Go need the command `go`, and there is none on PATH. Install Go: https://go.dev/doc/install',
    );
  }
}

/** The program beside its packages, under a name that is no package's: Python looks beside a program first, Node only there. */
function copyOf(folder: string, { path }: Program, name: string): string {
  const place = join(folder, 'program');
  mkdirSync(place, { recursive: true });
  for (const shared of readdirSync(PROGRAMS).filter((file) => file.startsWith('_'))) {
    copyFileSync(join(PROGRAMS, shared), join(place, shared));
  }
  copyFileSync(path, join(place, name));
  return join(place, name);
}

function short(version: string | undefined, name: string): string {
  if (version === undefined) throw new Error(`${name} is not among the packages that were installed.`);
  return version.split('.').slice(0, 2).join('.');
}

async function run(command: string, args: readonly string[], cwd?: string) {
  const exit = await runToEnd(command, args, cwd === undefined ? {} : { cwd });
  if (exit.code !== 0) throw new Error(`${command} ${args.join(' ')}\n${exit.stdout}${exit.stderr}`);
  return exit;
}
