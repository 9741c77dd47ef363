import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a process ended: by itself with a code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process with what it has printed so far. It does not outlive the test process. */
export interface Child {
  readonly process: ChildProcess;
  /** Resolves when the process has ended and its output is complete; rejects when it could not be started. */
  readonly ended: Promise<Exit>;
  stdout(): string;
  stderr(): string;
}

const running = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a program with the environment of `cleanEnvironment(env)`. */
export function startChild(
  command: string,
  args: readonly string[],
  options: { readonly env?: Record<string, string>; readonly cwd?: string } = {},
): Child {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: cleanEnvironment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]): Exit => ({ code, signal }));
  ended.finally(() => running.delete(child)).catch(() => {});
  return { process: child, ended, stdout: () => stdout, stderr: () => stderr };
}

/** Runs a program to its end. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  options: { readonly env?: Record<string, string>; readonly cwd?: string } = {},
): Promise<Exit & { readonly stdout: string; readonly stderr: string }> {
  const child = startChild(command, args, options);
  const exit = await child.ended;
  return { ...exit, stdout: child.stdout(), stderr: child.stderr() };
}

/**
 * This process's environment without variables that would configure a tracer or a server, and with
 * loopback exempt from any HTTP proxy.
 */
function cleanEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const foreign = /^(POWERRAG|LANGFUSE|OTEL|VITEST|NODE_OPTIONS|NODE_ENV)/;
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  return { ...inherited, NO_PROXY: '127.0.0.1,localhost', no_proxy: '127.0.0.1,localhost', ...extra };
}
