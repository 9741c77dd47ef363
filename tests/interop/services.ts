import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Child, runToEnd, startChild } from '../support/child-process.js';
import { waitFor } from '../support/wait-for.js';

const PROGRAMS = join(import.meta.dirname, 'programs');

export interface Tracing {
  /** Where the spans go. */
  readonly to: string;
  readonly propagateSession?: boolean;
  /** Default: PowerRAG. */
  readonly sdk?: 'langfuse';
}

export interface Turn {
  readonly sessionId: string;
  /** The baggage that the called service has seen. */
  readonly baggage: string;
}

/** A service that is called, in its own process. It is stopped with the test. */
export interface Downstream {
  readonly url: string;
  /** Ends it as an operator would; what it has traced has left by then. */
  stop(): Promise<void>;
}

export async function startDownstream(tracing: Tracing): Promise<Downstream> {
  const child = startChild(process.execPath, [...preload(tracing), join(PROGRAMS, 'downstream.mjs')], {
    env: environment(tracing),
  });
  const stop = async (): Promise<void> => {
    child.process.kill('SIGTERM');
    await child.ended;
  };
  onTestFinished(stop);
  return { url: await listeningUrl(child), stop };
}

/** Runs a service that calls another to its end, and returns the turns that it played. */
export async function runUpstream(
  tracing: Tracing,
  settings: Readonly<Record<string, string>>,
  program = 'upstream.mjs',
): Promise<Turn[]> {
  const { code, stdout, stderr } = await runToEnd(process.execPath, [...preload(tracing), join(PROGRAMS, program)], {
    env: { ...environment(tracing), ...settings },
  });
  if (code !== 0 || stderr !== '') throw new Error(`${program} ended with ${code}: ${stdout}\n${stderr}`);
  return JSON.parse(stdout);
}

function preload({ sdk }: Tracing): string[] {
  return ['--import', join(PROGRAMS, sdk === 'langfuse' ? 'instrumented-langfuse.mjs' : 'instrumented.mjs')];
}

function environment({ to, propagateSession }: Tracing): Record<string, string> {
  return { LANGFUSE_BASE_URL: to, ...(propagateSession ? { PROPAGATE_SESSION: 'yes' } : {}) };
}

async function listeningUrl(child: Child): Promise<string> {
  const listening = /^listening on (http:\S+)$/m;
  await waitFor(() => listening.test(child.stdout()) || child.process.exitCode !== null, {
    what: 'the service to listen',
  });
  const url = listening.exec(child.stdout())?.[1];
  if (url === undefined) throw new Error(`the service ended with ${child.process.exitCode}: ${child.stderr()}`);
  return url;
}
