import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from '../support/child-process.js';

const CHDB = 'chdb@3.4.0';
const MODULES = join(import.meta.dirname, '../../.cache/chdb');

/** A ClickHouse engine in a process of its own. */
export interface Engine {
  readonly url: string;
  /** What a store on it is opened with: its cluster, or none. */
  readonly cluster: string | null;
  /** The address of a new database. */
  database(): Promise<string>;
  /** Runs a statement in no database. Rejects with what the engine says. */
  run(statement: string): Promise<string>;
  /** `SIGSTOP` lets it answer nothing until `SIGCONT`. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
}

/** Before all tests, which run at the same time. */
export async function setup(): Promise<void> {
  await installed();
}

/** Installs chdb on first use: 540 MB. */
async function installed(): Promise<string> {
  const mark = join(MODULES, 'installed.txt');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === CHDB) return MODULES;
  await mkdir(MODULES, { recursive: true });
  await writeFile(join(MODULES, 'package.json'), '{ "private": true }\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const exit = await runToEnd(npm, ['install', '--no-audit', '--no-fund', '--prefix', MODULES, CHDB]);
  if (exit.code !== 0) throw new Error(`${CHDB} could not be installed: ${exit.stderr}`);
  await writeFile(mark, CHDB);
  return MODULES;
}

/** Every test on a cluster: they take twice as long. */
const IS_CLUSTER = process.env.POWERRAG_CLICKHOUSE_CLUSTER !== undefined;

/**
 * Starts an engine on the data in a folder.
 *
 * @param options.isCluster gives it a cluster of two shards in one process, see engine/cluster.mjs. Default: as
 * `POWERRAG_CLICKHOUSE_CLUSTER` says.
 */
export async function startEngine(
  folder: string,
  port = 0,
  { isCluster = IS_CLUSTER }: { readonly isCluster?: boolean } = {},
): Promise<Engine> {
  const program = join(import.meta.dirname, 'engine/engine.mjs');
  const args = ['--max-http-header-size=2000000', program, await installed(), folder, String(port)];
  if (isCluster) args.push('cluster');
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const url = await firstLine(child);
  let databases = 0;
  const run = async (statement: string): Promise<string> => {
    const answer = await fetch(url, { method: 'POST', body: statement });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text;
  };
  return {
    url,
    cluster: isCluster ? 'two' : null,
    run,
    signal: (name) => void child.kill(name),
    database: async () => {
      databases += 1;
      const name = `db_${databases}`;
      await run(`CREATE DATABASE ${name}`);
      return `${url}/${name}`;
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  while (!text.includes('\n')) {
    await Promise.race([
      once(child.stdout ?? child, 'data'),
      once(child, 'exit').then(() => Promise.reject(new Error('the engine ended'))),
    ]);
  }
  return text.trim();
}
