import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** @param {string} text */
export function say(text) {
  console.log(`» ${text}`);
}

/** A failure whose message is enough: it is printed without a stack. */
export class SetupError extends Error {}

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} [options] `quiet` holds the output back and shows it only on failure
 * @returns {Promise<void>} rejects with a SetupError when it cannot start or exits with another code than 0
 */
export function run(command, args, { cwd = root, env = process.env, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    const line = [command, ...args].join(' ');
    child.on('error', (error) => reject(new SetupError(`${line}: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new SetupError(`${output}\n${line} ended with ${signal ?? `exit code ${code}`}`.trimStart()));
    });
  });
}

/**
 * Runs jobs, two at a time, in the order given.
 * @param {readonly (() => Promise<void>)[]} jobs
 */
export async function inPairs(jobs) {
  const waiting = [...jobs];
  /** @type {() => Promise<void>} */
  const worker = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) await job();
  };
  await Promise.all([worker(), worker()]);
}

/**
 * Runs a script's main function; a failure ends the process with exit code 1.
 * @param {() => Promise<void>} main
 */
export async function script(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof SetupError ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}

/**
 * True when the module is the program that was started, not one that another imports.
 * @param {string} moduleUrl
 */
export function isMain(moduleUrl) {
  return process.argv[1] !== undefined && fileURLToPath(moduleUrl) === process.argv[1];
}
