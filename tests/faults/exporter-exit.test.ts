import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Child, startChild } from '../support/child-process.js';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.js';
import { storedIds } from '../support/loss.js';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { waitFor } from '../support/wait-for.js';

const PROGRAM = join(import.meta.dirname, 'programs/emit.mjs');
const SPANS = 1_000;

let server: ServerProcess;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

/** Starts an application that imports `@powerrag/exporter/register`, ends its spans and does nothing else. */
function startApplication(sessionId: string, then: 'stay' | 'end', baseUrl = server.url): Child {
  const args = [PROGRAM, String(SPANS), sessionId, then];
  return startChild(process.execPath, args, { env: { POWERRAG_BASE_URL: baseUrl } });
}

async function emittedBy(application: Child): Promise<readonly string[]> {
  await waitFor(() => application.stdout().includes('\n'), { what: 'the ledger of the application' });
  return JSON.parse(application.stdout());
}

/** How many of its spans the server does not have. */
async function lostBy(application: Child, sessionId: string): Promise<number> {
  const stored = new Set(await storedIds(server.url, sessionId));
  return (await emittedBy(application)).filter((id) => !stored.has(id)).length;
}

describe('an application that does not flush drops nothing when', () => {
  it('it ends by itself, with its own exit code (E06)', async () => {
    const application = startApplication('E06', 'end');
    expect(await application.ended).toEqual({ code: 0, signal: null });
    expect(await lostBy(application, 'E06')).toBe(0);
    expect(await emittedBy(application)).toHaveLength(SPANS);
    expect(application.stderr()).toBe('');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('%s ends it, and it dies of that very signal (E08)', async (signal) => {
    const application = startApplication(signal, 'stay');
    expect(await emittedBy(application)).toHaveLength(SPANS);
    application.process.kill(signal);
    expect(await application.ended).toEqual({ code: null, signal });
    expect(await lostBy(application, signal)).toBe(0);
  });
});

describe.concurrent('an application whose server hangs', () => {
  async function hangingProxy(): Promise<FaultProxy> {
    const proxy = await startFaultProxy(server.url);
    await proxy.set({ kind: 'hang' });
    return proxy;
  }

  it('still ends by itself, and logs how many spans that dropped', async ({ onTestFinished }) => {
    const proxy = await hangingProxy();
    onTestFinished(() => proxy.close());
    const application = startApplication('hanging', 'end', proxy.url);
    expect(await application.ended).toEqual({ code: 0, signal: null });
    expect(proxy.struck).toBeGreaterThan(0);
    expect(await lostBy(application, 'hanging')).toBe(SPANS);
    expect(application.stderr()).toContain(`${SPANS} spans dropped`);
  });

  it('is still ended by SIGTERM, and logs how many spans that dropped (E08)', async ({ onTestFinished }) => {
    const proxy = await hangingProxy();
    onTestFinished(() => proxy.close());
    const application = startApplication('hanging at SIGTERM', 'stay', proxy.url);
    await emittedBy(application);
    application.process.kill('SIGTERM');
    expect(await application.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expect(await lostBy(application, 'hanging at SIGTERM')).toBe(SPANS);
    expect(application.stderr()).toContain(`${SPANS} spans dropped`);
  });
});
