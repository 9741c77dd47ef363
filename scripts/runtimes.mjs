import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, root, run, SetupError, say, script } from './lib/run.mjs';
import { fingerprint, isDone, setDone } from './lib/stamp.mjs';
import { npm } from './setup.mjs';

const folder = join(root, '.cache/runtimes');
const listed = join(folder, 'programs.json');

/**
 * The runtimes that the tests need beyond the running Node, and OpenTelemetry's SDK 3, at the versions of
 * `scripts/runtimes.json`. npm serves each program in a package for its platform; no install script runs.
 * @returns {Promise<Record<string, string>>} the path of each program by its name; `.cache/runtimes/programs.json` holds it too
 */
export async function installRuntimes() {
  const mark = fingerprint(['scripts/runtimes.json']);
  if (!isDone('runtimes', mark) || !existsSync(listed)) {
    /** @type {{ programs: Record<string, string>, packages: Record<string, string> }} */
    const { programs, packages } = JSON.parse(readFileSync(join(root, 'scripts/runtimes.json'), 'utf8'));
    say(`Installing ${Object.keys(programs).join(', ')} …`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const dependencies = Object.fromEntries(
      Object.entries(programs).map(([name, version]) => [name, packageOf(name, version)]),
    );
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ private: true, dependencies: { ...dependencies, ...packages } }),
    );
    // SDK 3 needs a newer Node than may be running here; one of the installed ones uses it.
    const args = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--engine-strict=false'];
    await run(npm(), ['install', ...args], { cwd: folder, quiet: true });
    writeFileSync(listed, JSON.stringify(Object.fromEntries(Object.keys(programs).map((name) => [name, find(name)]))));
    setDone('runtimes', mark);
  }
  return JSON.parse(readFileSync(listed, 'utf8'));
}

/**
 * Each Node gets its own name, so that they can be installed together.
 * @param {string} name
 * @param {string} version
 */
function packageOf(name, version) {
  return name.startsWith('node-') ? `npm:node-${process.platform}-${process.arch}@${version}` : version;
}

/** Where npm puts the packages that hold a program for one platform each. A Node is such a package itself. */
const SCOPES = { bun: '@oven', deno: '@deno', workerd: '@cloudflare' };

/**
 * @param {string} name
 * @returns {string} the path of the program
 */
function find(name) {
  const modules = join(folder, 'node_modules');
  const scope = Object.entries(SCOPES).find(([program]) => program === name)?.[1];
  const packages = scope
    ? readdirSync(join(modules, scope)).map((each) => join(modules, scope, each))
    : [join(modules, name)];
  const program = `${name.replace(/-\d+$/, '')}${process.platform === 'win32' ? '.exe' : ''}`;
  const paths = packages.flatMap((each) => [join(each, 'bin', program), join(each, program)]);
  const found = paths.find((path) => existsSync(path));
  if (!found) throw new SetupError(`npm has no ${name} for ${process.platform} on ${process.arch}`);
  return found;
}

/** `node scripts/runtimes.mjs` installs them; with the name of one, such as `node-22`, it prints the path of its program. */
if (isMain(import.meta.url)) {
  await script(async () => {
    const programs = await installRuntimes();
    const name = process.argv[2];
    if (name === undefined) return;
    const program = programs[name];
    if (!program) throw new SetupError(`${name} is not one of ${Object.keys(programs).join(', ')}`);
    console.log(program);
  });
}
