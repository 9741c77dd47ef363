import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../e2e/example-programs.js';
import { runToEnd } from '../support/child-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const TSC = join(PROJECT_FOLDER, 'node_modules/typescript/bin/tsc');

/** An application outside of this workspace. */
export interface Application {
  /** Runs one of its programs to its end. Throws with what it printed when it fails. */
  run(program: string, env: Record<string, string>): Promise<void>;
  /** The compiler's errors in its programs, with the installed types. */
  typeErrors(): Promise<string>;
}

/**
 * An application that depends on OpenTelemetry's SDK 3, with our packages packed and installed as npm would install them
 * from its registry: the API once, of the application's version, and the exporter's own dependencies below the exporter.
 */
export async function applicationOnSdk3(): Promise<Application> {
  const folder = temporaryFolder();
  const { packages } = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'scripts/runtimes.json'), 'utf8'));
  const packed = await Promise.all(['tracing', 'exporter'].map((name) => pack(name, folder)));
  const dependencies = { ...packages, ...Object.fromEntries(packed) };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }));
  // npm may run on another Node, too old for SDK 3; the programs run on this one.
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--engine-strict=false'];
  await run('npm', ['install', ...quiet], folder);
  cpSync(join(import.meta.dirname, 'programs'), folder, { recursive: true });
  return {
    async run(program, env) {
      await run(process.execPath, [program], folder, env);
    },
    async typeErrors() {
      const compilerOptions = {
        strict: true,
        allowJs: true,
        noEmit: true,
        module: 'NodeNext',
        target: 'ES2023',
        types: [],
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.mjs'] }));
      return (await runToEnd(process.execPath, [TSC, '--checkJs', '-p', folder], { cwd: folder })).stdout;
    },
  };
}

/** Its name and location, as in an application's package.json. */
async function pack(name: string, folder: string): Promise<[string, string]> {
  const stdout = await run(
    'npm',
    ['pack', '--json', '--pack-destination', folder],
    join(PROJECT_FOLDER, 'packages', name),
  );
  const [tarball]: { filename: string }[] = JSON.parse(stdout);
  return [`@powerrag/${name}`, `file:${join(folder, tarball?.filename ?? '')}`];
}

async function run(command: string, args: string[], cwd: string, env: Record<string, string> = {}): Promise<string> {
  const { code, signal, stdout, stderr } = await runToEnd(command, args, { cwd, env });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}:\n${stdout}\n${stderr}`);
  return stdout;
}
