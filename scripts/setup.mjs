import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isMain, root, run, SetupError, say, script } from './lib/run.mjs';
import { fingerprint, isDone, setDone } from './lib/stamp.mjs';

/** Makes a clean clone ready to build: the right Node, the dependencies, a working SQLite. Skips what is already done. */
export async function setUp() {
  checkNode();
  await installDependencies();
  await provideSqlite();
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetupError(`Node ${process.versions.node} is too old: install Node 20.19 or newer.`);
  }
}

async function installDependencies() {
  const mark = fingerprint(['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']);
  if (isDone('install', mark) && existsSync(join(root, 'node_modules/.modules.yaml'))) return;
  const pnpm = packageManager();
  say(`Installing dependencies with ${pnpm} …`);
  await run(npx(), [
    '--yes',
    pnpm,
    'install',
    '--frozen-lockfile',
    '--reporter=append-only',
    '--config.confirmModulesPurge=false',
  ]);
  setDone('install', mark);
}

/**
 * pnpm at exactly the version that package.json names: any other version would download that one,
 * which fails behind a proxy.
 */
export function packageManager() {
  /** @type {{ packageManager: string }} */
  const { packageManager: pinned } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return pinned;
}

export function npx() {
  return process.platform === 'win32' ? 'npx.cmd' : 'npx';
}

export function npm() {
  return process.platform === 'win32' ? 'npm.cmd' : 'npm';
}

/** Node has SQLite built in from 22.13 on. Before that better-sqlite3 provides it, downloaded ready-made or compiled here. */
async function provideSqlite() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 13)) return;

  const fromServer = createRequire(join(root, 'packages/server/package.json'));
  const folder = dirname(fromServer.resolve('better-sqlite3/package.json'));
  /** @type {{ version: string }} */
  const { version } = fromServer('better-sqlite3/package.json');
  const mark = `better-sqlite3 ${version} for Node ${process.version}`;
  if (isDone('sqlite', mark) && existsSync(join(folder, 'build/Release/better_sqlite3.node'))) return;

  say('Node 20 has no built-in SQLite: installing better-sqlite3 (compiling it takes about two minutes) …');
  const headers = localHeaders();
  try {
    await run(npm(), ['run', 'install'], {
      cwd: folder,
      quiet: true,
      env: headers ? { ...process.env, npm_config_nodedir: headers } : process.env,
    });
    fromServer('better-sqlite3')(':memory:').close();
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n').slice(-12).join('\n') : String(error);
    throw new SetupError(
      `${reason}\n\nbetter-sqlite3 could not be downloaded or compiled: install Python 3, make and a C++ compiler` +
        `${headers ? '' : ', and the headers of this Node (include/node beside its bin folder)'}, or use Node 22.13 or newer, which does not need it.`,
    );
  }
  setDone('sqlite', mark);
}

/** The folder that holds `include/node` of the running Node, so that a compiler needs no download; null when there is none. */
function localHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include/node/node.h')) ? prefix : null;
}

if (isMain(import.meta.url)) await script(setUp);
