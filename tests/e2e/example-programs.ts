import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from '../support/child-process.js';

export const PROJECT_FOLDER = join(import.meta.dirname, '../..');

/** Runs a built example to its end. Throws with what it printed when it fails or writes to stderr. Gives its stdout. */
export async function runExample(program: string, env: Record<string, string>, args: string[] = []): Promise<string> {
  const file = builtExample(program);
  const { code, signal, stdout, stderr } = await runToEnd(process.execPath, [file, ...args], { env });
  if (code !== 0 || stderr !== '') {
    throw new Error(`${program} ended with ${signal ?? code}:\n${stdout}\n${stderr}`);
  }
  return stdout;
}

/** The path of an example's program, such as `sessions/dist/observe-wrapper.js`. */
export function builtExample(program: string): string {
  const file = join(PROJECT_FOLDER, 'examples', program);
  if (!existsSync(file)) throw new Error(`examples/${program} is not built: run \`npm run build\` first`);
  return file;
}
