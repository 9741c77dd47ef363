import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { launchChromium } from '../e2e/chromium.js';
import { PROJECT_FOLDER } from '../e2e/example-programs.js';
import { type Child, runToEnd, startChild } from '../support/child-process.js';
import { getJson } from '../support/http.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import type { Bundle, Target } from './bundle.js';
import type { CheckResult } from './contract/contract.js';

/** A runtime, and how the contract is run in it. */
export interface Runtime {
  /** As a person calls it, with the version. */
  readonly name: string;
  /** Which program of `programs/` is bundled, and for what. */
  readonly program: string;
  readonly target: Target;
  /** Set where the bundle is to be a script: the global that it makes. */
  readonly globalName?: string;
  /** Why the runtime does not know the active observation after an `await`; `undefined` where it does. */
  readonly withoutAsyncContext?: string;
  /** Why `@powerrag/exporter` sends nothing there; `undefined` where it delivers. */
  readonly withoutExporter?: string;
  /** Runs the contract. */
  run(bundle: Bundle): Promise<CheckResult[]>;
  /** Where the runtime is a program: runs an ES module with it, and gives what it wrote to stderr. */
  readonly start?: (file: string, env: Record<string, string>) => Promise<string>;
}

interface Versions {
  readonly programs: Readonly<Record<string, string>>;
}

const INSTALLED = join(PROJECT_FOLDER, '.cache/runtimes/programs.json');
const VERSIONS: Versions = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'scripts/runtimes.json'), 'utf8'));

/** Before the day from which workerd gives every Worker Node's modules, unless it is configured otherwise. */
const COMPATIBILITY_DATE = '2026-06-01';

const NO_NODE = 'it is made for Node: its sockets, files and signals';

/** Deadline against a hang; normally it takes a second. */
const START_DEADLINE_MS = 60_000;

export const RUNTIMES: readonly Runtime[] = [
  ...['node-20', 'node-22', 'node-24', 'node-26'].map((node) => onConsole('Node', node, [])),
  onConsole('Bun', 'bun', ['run']),
  onConsole('Deno', 'deno', [
    'run',
    // Tracing asks for no permission, but the SDK reads OpenTelemetry's environment variables.
    '--allow-env',
    ...['--allow-net=127.0.0.1', '--allow-read', '--allow-sys'],
    ...['--no-prompt', '--no-lock', '--node-modules-dir=manual'],
  ]),
  {
    name: `workerd ${versionOf('workerd')} with nodejs_compat`,
    program: 'worker-with-context',
    target: 'node',
    withoutExporter: NO_NODE,
    run: (bundle) => runInWorkerd(bundle, ['nodejs_compat']),
  },
  {
    name: `workerd ${versionOf('workerd')} without nodejs_compat`,
    program: 'worker',
    target: 'browser',
    withoutAsyncContext: 'AsyncLocalStorage comes with nodejs_compat',
    withoutExporter: NO_NODE,
    run: (bundle) => runInWorkerd(bundle, []),
  },
  {
    name: 'Chromium',
    program: 'page',
    target: 'browser',
    globalName: 'contract',
    withoutAsyncContext: 'browsers have no AsyncLocalStorage, and no AsyncContext yet',
    withoutExporter: NO_NODE,
    run: runInChromium,
  },
];

function versionOf(name: string): string {
  const version = VERSIONS.programs[name];
  if (!version) throw new Error(`scripts/runtimes.json has no ${name}`);
  return version;
}

function programOf(name: string): string {
  if (!existsSync(INSTALLED)) throw new Error('the runtimes are not installed: run `npm run test:runtimes`');
  const programs: Record<string, string> = JSON.parse(readFileSync(INSTALLED, 'utf8'));
  return programs[name] ?? name;
}

/** Runs a file with one of the programs of `scripts/runtimes.json`, to its end. */
export async function runProgram(
  program: string,
  args: readonly string[],
  file: string,
  env: Record<string, string>,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const quiet = { DENO_DIR: temporaryFolder(), DENO_NO_UPDATE_CHECK: '1' };
  const exit = await runToEnd(programOf(program), [...args, file], { env: { ...quiet, ...env } });
  if (exit.code !== 0)
    throw new Error(`${program} ended with ${exit.signal ?? exit.code}: ${exit.stdout}${exit.stderr}`);
  return exit;
}

/** A runtime that is a program. */
function onConsole(name: string, program: string, args: readonly string[]): Runtime {
  const runFile = (file: string, env: Record<string, string>) => runProgram(program, args, file, env);
  return {
    name: `${name} ${versionOf(program)}`,
    program: 'console',
    target: 'node',
    run: async ({ file }) => JSON.parse((await runFile(file, {})).stdout),
    start: async (file, env) => (await runFile(file, env)).stderr,
  };
}

/** As a Worker that answers a request with the results. */
async function runInWorkerd({ file }: Bundle, flags: readonly string[]): Promise<CheckResult[]> {
  const config = join(dirname(file), 'config.capnp');
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.js", esModule = embed "${basename(file)}")],
    compatibilityDate = "${COMPATIBILITY_DATE}",
    compatibilityFlags = ${JSON.stringify(flags)},
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
  );
  const workerd = startChild(programOf('workerd'), ['serve', '--control-fd=1', config]);
  try {
    return await getJson(`http://127.0.0.1:${await portOf(workerd)}/`);
  } finally {
    workerd.process.kill('SIGKILL');
    await workerd.ended;
  }
}

/** Where it listens, from its standard output. */
async function portOf(workerd: Child): Promise<string> {
  const told = new Promise<string>((resolve) => {
    workerd.process.stdout?.on('data', () => {
      const port = /"event":"listen".*"port":(\d+)/.exec(workerd.stdout())?.[1];
      if (port) resolve(port);
    });
  });
  const failed = workerd.ended.then(() => Promise.reject(new Error(`workerd ended: ${workerd.stderr()}`)));
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`workerd does not listen: ${workerd.stderr()}`)), START_DEADLINE_MS).unref();
  });
  failed.catch(() => {});
  return Promise.race([told, failed, late]);
}

/** In a page from 127.0.0.1, which a browser treats as a secure context, like https. */
async function runInChromium({ file }: Bundle): Promise<CheckResult[]> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Contract</title>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const address = server.address();
    await page.goto(`http://127.0.0.1:${typeof address === 'object' ? address?.port : address}/`);
    await page.addScriptTag({ path: file });
    return await page.evaluate('contract.results');
  } finally {
    await browser.close();
    server.close();
  }
}
